"""Cameras as a catalogue and as those who signal (GB/T 28181): no picture is taken or decoded."""
