"""The public, append-only log that proves what the city had on record, and when."""
