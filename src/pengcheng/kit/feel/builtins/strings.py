"""Texts. Positions count characters, not bytes, from 1; negative ones from the end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers, patterns
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.runtime import Run


@builtin("substring", "string: string, start position: number, length: number?")
def substring(string: str, start: Decimal, length: Decimal | None) -> str:
    first = numbers.whole(start)
    if first == 0 or abs(first) > len(string):
        raise FeelError("the start position lies outside the text")
    first = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[first:]
    count = numbers.whole(length)
    if count < 1:
        raise FeelError("the length must be at least one")
    return string[first : first + count]


@builtin("string length", "string: string")
def string_length(string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(string: str) -> str:
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(string: str) -> str:
    return string.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def substring_after(string: str, match: str) -> str:
    if not match:
        return string
    return string.partition(match)[2]


@builtin("contains", "string: string, match: string")
def contains(string: str, match: str) -> bool:
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags: string?", run=True)
def matches(run: Run, string: str, pattern: str, flags: str | None) -> bool:
    return patterns.search(string, pattern, flags or "", run)


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string?", run=True)
def replace(run: Run, string: str, pattern: str, replacement: str, flags: str | None) -> str:
    return patterns.replace(string, pattern, replacement, flags or "", run)


@builtin("split", "string: string, delimiter: string", run=True)
def split(run: Run, string: str, delimiter: str) -> list[str]:
    return patterns.split(string, delimiter, run)


@builtin("string join", "list: list, delimiter: string?", run=True)
def string_join(run: Run, items: Sequence[Any], delimiter: str | None) -> str:
    """Nulls in the list are passed over."""
    texts = [item for item in items if item is not None]
    if not all(isinstance(text, str) for text in texts):
        raise FeelError("only texts can be joined")
    total = sum(len(text) for text in texts) + len(delimiter or "") * len(texts)
    if total > run.limits.text:
        raise LimitExceeded("the text is too long")
    return (delimiter or "").join(texts)
