"""Pages of trusted lists."""
