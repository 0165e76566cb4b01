"""Pages of the house: what it is, whom it serves, what it keeps, where its data is from."""
