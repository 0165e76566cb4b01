"""Topic names and filters (MQTT 5, clause 4.7)."""

from __future__ import annotations

from functools import lru_cache

SHARED = "$share/"


@lru_cache(maxsize=4096)
def fits(pattern: str, topic: str) -> bool:
    """Whether a topic name is meant by a filter; `+` and `#` mean no topic that begins with $."""
    wanted, given = pattern.split("/"), topic.split("/")
    if given[0].startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for number, level in enumerate(wanted):
        if level == "#":
            return True
        if number >= len(given) or level not in {"+", given[number]}:
            return False
    return len(wanted) == len(given)


def is_filter(pattern: str) -> bool:
    levels = pattern.split("/")
    plain = all(level == "+" or "+" not in level for level in levels)
    return (
        bool(pattern)
        and plain
        and all("#" not in level for level in levels[:-1])
        and (levels[-1] == "#" or "#" not in levels[-1])
    )


def is_topic(topic: str) -> bool:
    return bool(topic) and not set(topic) & {"+", "#", "\0"}
