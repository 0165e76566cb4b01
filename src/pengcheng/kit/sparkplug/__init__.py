"""Sparkplug B 3.0: payloads, topics, and who is born in which order."""
