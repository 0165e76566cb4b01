"""Decisions about devices: what a message says, what of it is kept, who is well. All pure."""
