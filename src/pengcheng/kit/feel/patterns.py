"""Regular expressions in the XPath flavour, translated for the `regex` library.

That library takes a time limit, which Python's own does not; with the bounds on the length of
the pattern and on repetitions a hostile expression costs at most a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import regex

from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.pattern_syntax import translate
from pengcheng.kit.feel.runtime import Run

_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}
_REFERENCE = re.compile(r"\\(.?)|\$([0-9]*)", re.DOTALL)
_SLACK = 10_000  # characters a pattern may read for one step of the run
Found = TypeVar("Found")


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Any:
    if not set(flags) <= _FLAGS.keys():
        raise FeelError(f"unknown flags {flags!r}")
    options = regex.V1
    for flag in flags:
        options |= _FLAGS[flag]
    source = regex.escape(pattern) if "q" in flags else translate(pattern, flags)
    try:
        return regex.compile(source, options)
    except (regex.error, RecursionError, OverflowError) as error:
        raise FeelError(f"the pattern is not valid: {error}") from error


def _prepared(pattern: str, flags: str, text: str, run: Run) -> Any:
    if len(pattern) > run.limits.pattern:
        raise FeelError("the pattern is too long", "limit")
    run.spend(1 + len(text) // _SLACK)
    return _compiled(pattern, flags)


def _timed(work: Callable[[float], Found], run: Run) -> Found:
    try:
        return work(run.limits.pattern_seconds)
    except TimeoutError as error:
        run.spend(run.limits.steps // 20)  # a few of these end the whole evaluation
        raise FeelError("the pattern takes too long", "limit") from error


def search(text: str, pattern: str, flags: str, run: Run) -> bool:
    compiled = _prepared(pattern, flags, text, run)
    return _timed(lambda limit: compiled.search(text, timeout=limit) is not None, run)


def split(text: str, pattern: str, run: Run) -> list[str]:
    compiled = _prepared(pattern, "", text, run)
    _refuse_empty(compiled)
    parts: list[str] = []
    start = 0
    for found in _timed(lambda limit: list(compiled.finditer(text, timeout=limit)), run):
        parts.append(text[start : found.start()])
        start = found.end()
    return [*parts, text[start:]]


def replace(text: str, pattern: str, replacement: str, flags: str, run: Run) -> str:
    compiled = _prepared(pattern, flags, text, run)
    _refuse_empty(compiled)
    pieces = [replacement] if "q" in flags else _pieces(replacement, compiled.groups)

    def fill(found: Any) -> str:
        return "".join(
            piece if isinstance(piece, str) else found.group(piece) or "" for piece in pieces
        )

    changed = _timed(lambda limit: compiled.sub(fill, text, timeout=limit), run)
    if len(changed) > run.limits.text:
        raise LimitExceeded("the text is too long")
    return str(changed)


def _refuse_empty(compiled: Any) -> None:
    if compiled.match("", timeout=1) is not None:
        raise FeelError("the pattern matches the empty text")


def _pieces(replacement: str, groups: int) -> list[str | int]:
    """Text and group numbers: `$1` is a group, `\\$` a dollar, `\\\\` a backslash."""
    pieces: list[str | int] = []
    position = 0
    for found in _REFERENCE.finditer(replacement):
        pieces.append(replacement[position : found.start()])
        position = found.end()
        escaped, digits = found.groups()
        if escaped is not None:
            if escaped not in ("\\", "$") or not escaped:
                raise FeelError("a backslash in a replacement stands before \\ or $")
            pieces.append(escaped)
            continue
        if not digits:
            raise FeelError("a dollar in a replacement stands before a number")
        number, rest = _group_number(digits, groups)
        pieces.extend([number, rest] if number is not None else [rest])
    pieces.append(replacement[position:])
    return pieces


def _group_number(digits: str, groups: int) -> tuple[int | None, str]:
    """As many digits as still name a group; `$12` may be group 1 and the digit 2."""
    for length in range(len(digits), 0, -1):
        number = int(digits[:length])
        if number <= groups:
            return number, digits[length:]
    return None, digits[1:]
