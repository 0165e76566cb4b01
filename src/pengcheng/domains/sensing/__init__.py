"""Sensing: what the city measures, kept as entities and their observations."""
