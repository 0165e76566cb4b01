"""What OGC APIs show: the entities of the broker, the city's own readings, its districts."""
