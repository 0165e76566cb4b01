"""Command: what goes wrong in the city, who takes it on, and how it ended."""
