"""The city's one public address: live paths are answered here, the rest is passed on to Django."""
