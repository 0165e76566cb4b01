"""Time-ordered ids (UUIDv7, RFC 9562) and reference numbers with a check character (ISO 7064 MOD
37,36).
"""

from __future__ import annotations

import os
import threading
import time

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COUNTER_BITS = 12
_CHANCE_BITS = 62
_AT_ONCE = 64
_state = threading.local()
# A forked process would make the ids that its parent makes.
os.register_at_fork(after_in_child=lambda: _state.__dict__.clear())


def new_id(milliseconds: int | None = None) -> str:
    """A UUIDv7 as text: 48 bits of Unix milliseconds, a counter that keeps order within one, then
    chance.

    Ids made by one thread sort in the order they were made, even within a millisecond or when the
    clock steps back.
    """
    at = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    chance = _chance()
    counter = chance >> _CHANCE_BITS & (1 << _COUNTER_BITS - 1) - 1
    if milliseconds is None:
        at, counter = _monotonic(at, counter)
    chance &= (1 << _CHANCE_BITS) - 1
    text = f"{at << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | chance:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _chance() -> int:
    """Eighty random bits, got for many ids at once: each asking gives up Python's lock."""
    kept: list[int] = getattr(_state, "chances", [])
    if not kept:
        fresh = os.urandom(10 * _AT_ONCE)
        kept = [int.from_bytes(fresh[at : at + 10]) for at in range(0, len(fresh), 10)]
        _state.chances = kept
    return kept.pop()


def _monotonic(at: int, fresh: int) -> tuple[int, int]:
    last_at, last_counter = getattr(_state, "last", (0, 0))
    if at <= last_at:
        at, fresh = last_at, last_counter + 1
        if fresh >> _COUNTER_BITS:
            at, fresh = last_at + 1, 0
    _state.last = (at, fresh)
    return at, fresh


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character of ``text`` (digits and A-Z)."""
    product = 36
    for char in text:
        total = (product + ALPHABET.index(char)) % 36 or 36
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def reference(prefix: str, year: int, number: int) -> str:
    """A number that people can read out: prefix, year, running number, check character, e.g.
    ``SZ-2026-000042-K``.
    """
    body = f"{prefix}{year:04d}{number:06d}"
    return f"{prefix}-{year:04d}-{number:06d}-{check_character(body)}"


def check_reference(text: str) -> bool:
    """Whether a typed reference number is whole: its check character fits (spaces, dashes and case
    are forgiven).
    """
    compact = "".join(char for char in text.upper() if char not in " -－—")
    if len(compact) < 2 or any(char not in ALPHABET for char in compact):
        return False
    return check_character(compact[:-1]) == compact[-1]
