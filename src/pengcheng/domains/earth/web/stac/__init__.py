"""STAC API 1.0.0: the catalogue of scenes for programs."""
