"""What can be listened to, and the permission that each topic asks for."""

from __future__ import annotations

import msgspec

from pengcheng.kernel.registry import permissions


class Topic(msgspec.Struct, frozen=True):
    """Event types by their beginning. The permission's roles are those of the domain's manifest."""

    prefixes: tuple[str, ...]
    permission: str


TOPICS: dict[str, Topic] = {
    "observations": Topic(("sensing.observation.",), "sensing.observation.read"),
    "limits": Topic(("sensing.limit.",), "command.incident.read"),
    "incidents": Topic(("command.incident.",), "command.incident.read"),
}
DEFAULT = ("observations",)


def asked(query: str) -> tuple[str, ...] | None:
    """The topics that a comma-separated wish names, or None when one of them is unknown."""
    names = tuple(dict.fromkeys(name for name in query.split(",") if name)) or DEFAULT
    return names if all(name in TOPICS for name in names) else None


def refused(names: tuple[str, ...], roles: frozenset[str]) -> tuple[str, ...]:
    """The topics that these roles may not listen to."""
    table = permissions()
    return tuple(
        name
        for name in names
        if not roles.union({"anyone"}).intersection(table[TOPICS[name].permission].roles)
    )


def prefixes(names: tuple[str, ...]) -> tuple[str, ...]:
    """The beginnings of the event types of these topics."""
    return tuple(prefix for name in names for prefix in TOPICS[name].prefixes)
