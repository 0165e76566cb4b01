"""Trust in authorities of other cities."""
