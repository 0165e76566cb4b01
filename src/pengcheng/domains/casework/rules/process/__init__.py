"""How a process runs: pure functions from bundle, folded state and day to the next move."""
