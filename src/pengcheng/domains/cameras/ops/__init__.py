"""What cameras do, in transactions, and the listener of their signalling."""
