"""Cells of exported tables, safe to open in a spreadsheet program."""

from __future__ import annotations

from typing import Any

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def harmless(cell: Any) -> Any:
    """No text may begin a formula in whoever's spreadsheet; numbers and times stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell
