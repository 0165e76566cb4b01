"""Where things are: divisions and their codes, outlines, addresses, and the city's own map."""
