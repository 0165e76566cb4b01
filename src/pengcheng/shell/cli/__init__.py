"""The command `pengcheng`: set up, start, look after and move a city."""

from pengcheng.shell.cli.root import main

__all__ = ["main"]
