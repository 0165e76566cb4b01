"""Pages, OGC API - Moving Features and STAC."""
