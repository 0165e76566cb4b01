"""Multi-function poles: one asset with all that is mounted on it."""
