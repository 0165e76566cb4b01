"""Use cases of devices: registering, taking readings in, commanding, tending, rolling out."""
