"""Use cases of sensing: taking readings in, judging them, playing data sets, reading back."""
