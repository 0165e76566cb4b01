"""Pages and OGC API - Moving Features."""
