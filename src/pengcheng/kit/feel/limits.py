"""Bounds of one evaluation, so that a hostile expression costs a known amount."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Chosen far above what a rule written by a person needs."""

    depth: int = 100  # nested calls of functions
    steps: int = 200_000  # elements visited and functions called
    items: int = 200_000  # length of a list, or of a range when it is walked
    text: int = 2_000_000  # characters of a string a function may build
    pattern: int = 4_000  # characters of a regular expression
    pattern_seconds: float = 0.25
    diagnostics: int = 50
    expression: int = 200_000  # characters of source
    nesting: int = 120  # rules within rules; about sixty brackets


DEFAULT = Limits()
