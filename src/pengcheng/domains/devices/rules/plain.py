"""Plain JSON: what most devices and their makers think of first, and mappings for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pengcheng.domains.devices.contracts import MOST_READINGS, MapRow, Reading

TIMES = ("ts", "timestamp", "time", "observedAt", "at")
STEP = re.compile(r"[^.\[\]]+")
DEEPEST = 6


class Unreadable(Exception):
    """A message that says nothing we understand."""


def moment(value: Any) -> int | None:
    """A time as devices write it: seconds, milliseconds or microseconds since 1970, or ISO 8601."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return _written(value)
    if not isinstance(value, (int, float)) or not 0 <= value < 1e17:
        return None
    if value > 1e14:
        return int(value)
    return round(value * 1000) if value > 1e11 else round(value * 1_000_000)


def _written(text: str) -> int | None:
    if text.replace(".", "", 1).isdigit():
        return moment(float(text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return round(found.timestamp() * 1_000_000)


def read(document: Any) -> list[Reading]:
    """Readings of `{key: value}`, `{ts, values}`, or a list of either. Raises Unreadable."""
    found: list[Reading] = []
    for each in document if isinstance(document, list) else [document]:
        if not isinstance(each, Mapping):
            raise Unreadable("a message is an object or a list of objects")
        found += _one(each)
        if len(found) > MOST_READINGS:
            raise Unreadable(f"a message has at most {MOST_READINGS} readings")
    return found


def _one(each: Mapping[str, Any]) -> list[Reading]:
    values = each.get("values")
    if isinstance(values, Mapping):
        at = next((moment(each[name]) for name in TIMES if name in each), None)
        return list(flat(values, at))
    time = next((name for name in TIMES if name in each), "")
    at = moment(each[time]) if time else None
    if time and at is None:
        time = ""
    return list(flat({key: value for key, value in each.items() if key != time}, at))


def flat(
    values: Mapping[str, Any], at: int | None, before: str = "", deep: int = 0
) -> Iterator[Reading]:
    """Values of an object; what lies within is named by the way to it."""
    for key, value in values.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and deep < DEEPEST:
            yield from flat(value, at, f"{name}.", deep + 1)
        elif value is not None:
            yield Reading(name, value, at)


# --- a mapping --------------------------------------------------------------------------


def mapped(rows: Sequence[MapRow], document: Any, time_path: str = "") -> list[Reading]:
    """What a mapping finds in a message; a list of messages is read one by one."""
    if isinstance(document, list):
        return [each for one in document for each in mapped(rows, one, time_path)]
    at = moment(find(document, time_path)) if time_path else None
    found = []
    for row in rows:
        value = find(document, row.path)
        if value is None:
            continue
        if isinstance(value, str) and (row.scale != 1 or row.offset):
            value = _number(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if row.scale != 1 or row.offset:
                value = round(value * row.scale + row.offset, 9)
        found.append(Reading(row.key, value, at))
    return found


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def find(document: Any, path: str) -> Any:
    """What stands at `a.b[0].c`, or None."""
    for step in STEP.findall(path):
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list) and step.lstrip("-").isdigit():
            number = int(step)
            document = document[number] if -len(document) <= number < len(document) else None
        else:
            return None
    return document


def table(text: str) -> list[MapRow]:
    """A mapping as it is written, a row a line: `path = key [* scale] [+ offset]`.

    Raises Unreadable, naming the line.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = ROW.fullmatch(line.strip())
        if found is None:
            raise Unreadable(str(number))
        scale, offset = found["scale"] or "1", found["offset"] or "0"
        rows.append(
            MapRow(
                path=found["path"],
                key=found["key"],
                scale=float(scale),
                offset=float(offset.replace(" ", "")),
            )
        )
    return rows


ROW = re.compile(
    r"(?P<path>[^\s=]+)\s*=\s*(?P<key>[\w.\-]+)"
    r"(\s*\*\s*(?P<scale>-?\d+(\.\d+)?(e-?\d+)?))?(\s*(?P<offset>[+-]\s*\d+(\.\d+)?))?"
)


def written(rows: Sequence[MapRow]) -> str:
    """A mapping as lines of text."""
    lines = []
    for row in rows:
        scale = f" * {row.scale:g}" if row.scale != 1 else ""
        offset = f" {'+' if row.offset > 0 else '-'} {abs(row.offset):g}" if row.offset else ""
        lines.append(f"{row.path} = {row.key}{scale}{offset}")
    return "\n".join(lines)
