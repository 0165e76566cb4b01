"""Page furniture: the three faces' layouts and the components that pages are put together from."""
