"""How dates are written, where Django would do it otherwise: see `en/formats.py`."""
