"""Pages and REST of payments."""
