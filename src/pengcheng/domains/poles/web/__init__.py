"""Pages and REST of poles."""
