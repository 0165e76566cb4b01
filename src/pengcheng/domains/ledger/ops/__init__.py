"""What is done with the log."""
