"""What can be said of tracks without a store."""
