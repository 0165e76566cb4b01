"""Use cases of the signatures."""
