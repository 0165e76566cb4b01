"""What can be said of tracks and scenes without a store."""
