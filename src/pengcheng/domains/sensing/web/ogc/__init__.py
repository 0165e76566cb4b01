"""OGC API – Features and EDR: one set of collections, read by both."""
