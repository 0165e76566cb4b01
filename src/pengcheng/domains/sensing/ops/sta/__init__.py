"""SensorThings over the broker's store: reads on any connection, writes in the writer's batch."""
