"""What can be done to a licence."""
