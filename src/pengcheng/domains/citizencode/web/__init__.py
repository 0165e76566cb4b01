"""The faces of the citizen code."""
