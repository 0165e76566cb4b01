"""The use cases of the citizen code."""
