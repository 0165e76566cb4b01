"""The fence's keepers: one short check a file, ``check(root) -> list[str]`` of what it found."""
