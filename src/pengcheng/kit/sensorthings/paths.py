"""Addresses of resources (18-088, clause 9.2): sets, entities by id, links, properties."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from pengcheng.kit.sensorthings.errors import NotFound, StaError
from pengcheng.kit.sensorthings.evaluating import IDS
from pengcheng.kit.sensorthings.model import SETS, TYPES, EntityType, Link

MOST_STEPS = 12
SEGMENT = re.compile(r"(?P<name>[^(/]+)(?:\((?P<id>'(?:[^']|'')*'|[^'()/]*)\))?(?:/|\Z)")
Id = str | int


@dataclass(frozen=True)
class Step:
    """A set or what a link leads to, perhaps one of it."""

    kind: EntityType
    many: bool
    id: Id | None = None
    link: Link | None = None  # None: the first step

    @property
    def single(self) -> bool:
        return not self.many or self.id is not None


@dataclass(frozen=True)
class Address:
    steps: tuple[Step, ...]
    names: tuple[str, ...] = ()  # a property and what is within
    form: Literal["", "$value", "$ref", "$count"] = ""

    @property
    def last(self) -> Step:
        return self.steps[-1]


def read(path: str) -> Address:
    """Raises StaError or NotFound."""
    steps: list[Step] = []
    names: list[str] = []
    form = ""
    for name, identity in _segments(path):
        if form:
            raise NotFound(f"Nothing comes after {form}", target=path)
        if name in {"$value", "$ref", "$count"}:
            form = name
        elif names or (steps and _is_property(steps[-1], name)):
            names.append(name)
        else:
            steps.append(_step(steps, name, identity))
    if not steps:
        raise NotFound("There is nothing here", target=path)
    found = Address(tuple(steps), tuple(names), form)  # type: ignore[arg-type]
    _check(found, path)
    return found


def _check(found: Address, path: str) -> None:
    wrong = {
        "$value": not found.names,
        "$ref": bool(found.names),
        "$count": found.last.single,
    }.get(found.form, False)
    if wrong:
        raise StaError(f"{found.form} does not stand here", target=path)


def _segments(path: str) -> list[tuple[str, str | None]]:
    found, at = [], 0
    path = path.strip("/")
    while at < len(path):
        match = SEGMENT.match(path, at)
        if match is None:
            raise StaError(f"{path[at : at + 60]!r} is no address", target=path)
        found.append((unquote(match["name"]), match["id"]))
        at = match.end()
        if len(found) > MOST_STEPS:
            raise StaError(f"The address has more than {MOST_STEPS} steps", target=path)
    return found


def _is_property(step: Step, name: str) -> bool:
    return step.single and (name in step.kind.properties or name in IDS)


def _step(steps: list[Step], name: str, identity: str | None) -> Step:
    if not steps:
        kind = SETS.get(name)
        if kind is None:
            raise NotFound(f"There is no set {name[:60]!r}", target=name)
        return Step(kind, True, None if identity is None else read_id(identity))
    last = steps[-1]
    link = last.kind.links.get(name)
    if link is None or not last.single:
        raise NotFound(f"{last.kind.name} does not lead to {name[:60]!r}", target=name)
    if identity is not None and not link.many:
        raise StaError(f"{name} is one, and takes no id", target=name)
    found = None if identity is None else read_id(identity)
    return Step(TYPES[link.target], link.many, found, link)


def read_id(text: str) -> Id:
    text = unquote(text)
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise StaError(f"{text[:60]!r} is no id: a whole number, or a text in quotation marks")


def written(kind: EntityType, identity: Id) -> str:
    """An address below the root."""
    if isinstance(identity, int):
        return f"{kind.plural}({identity})"
    quoted = quote(identity.replace("'", "''"), safe=":;,@!*$&+='")
    return f"{kind.plural}('{quoted}')"
