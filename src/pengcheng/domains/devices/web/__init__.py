"""The ways into devices: pages, REST, the ingest door and the MQTT listener."""
