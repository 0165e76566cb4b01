"""The use cases of the data account."""
