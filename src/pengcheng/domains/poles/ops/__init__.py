"""What poles do, in transactions."""
