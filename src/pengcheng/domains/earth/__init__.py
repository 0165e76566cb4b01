"""Earth observation: storm tracks as moving features, and scenes of remote sensing."""
