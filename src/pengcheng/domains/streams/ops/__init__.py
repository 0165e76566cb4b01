"""What streams does behind its door."""
