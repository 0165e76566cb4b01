"""The faces of places: portal pages, the map file, REST and the command line."""
