"""Earth observation: storm tracks as moving features."""
