"""Making a home into a city: secrets, tables, demo data, base map. Each step may be repeated."""
