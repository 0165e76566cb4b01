"""Map furniture: coordinate systems, polygons asked by point, vector tiles, a map in the page."""
