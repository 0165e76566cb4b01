"""Pages and REST of the licences."""
