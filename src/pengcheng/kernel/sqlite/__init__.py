"""Django's backend for SQLite, in which writers take turns."""
