"""The faces of the data account."""
