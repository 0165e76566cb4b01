"""What may happen to a case and what follows from it, as pure functions over a table of steps."""
