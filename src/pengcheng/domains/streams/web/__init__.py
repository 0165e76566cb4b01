"""Pages and REST of streams."""
