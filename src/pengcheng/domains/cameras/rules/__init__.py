"""What is decided about cameras, without a database."""
