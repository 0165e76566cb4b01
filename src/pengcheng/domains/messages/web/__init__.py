"""Pages and REST of messages."""
