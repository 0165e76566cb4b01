"""Rules on the stream of readings."""
