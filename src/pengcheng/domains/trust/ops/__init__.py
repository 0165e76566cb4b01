"""What is done with trusted lists."""
