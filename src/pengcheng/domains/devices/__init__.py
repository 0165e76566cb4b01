"""Devices: who measures for the city, how they speak, what they are told, who is well."""
