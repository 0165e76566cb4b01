"""Amounts in words: whole fen in and out, never a float."""

import re
from decimal import Decimal

AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)


def yuan(fen: int) -> str:
    """¥1,234.50; negative amounts with a true minus sign."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain(fen: int) -> str:
    """1234.50, for tables that programs read."""
    return f"{Decimal(fen).scaleb(-2):.2f}"


def fen_of(text: str) -> int | None:
    """What somebody typed as yuan, in fen; None when it is no amount."""
    match = AMOUNT.fullmatch(text.strip().removeprefix("¥").replace(",", ""))
    if match is None:
        return None
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
