"""Query options (18-088, clause 9.3), also those within the brackets of $expand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pengcheng.kit.sensorthings.errors import NotDone, StaError
from pengcheng.kit.sensorthings.evaluating import IDS, Compiled
from pengcheng.kit.sensorthings.model import TYPES, EntityType
from pengcheng.kit.sensorthings.parsing import expression, ordering

DEFAULT_TOP, MOST_TOP = 100, 1000
DEEPEST_EXPAND = 5
MOST_OPTIONS = 32
UNKNOWN_HERE = ("$search", "$apply", "$compute", "$levels", "$deltatoken", "$skiptoken")


@dataclass
class Options:
    """What was asked of one set of resources."""

    kind: EntityType
    filter: Compiled | None = None
    order: tuple[tuple[Compiled, bool], ...] = ()
    expand: dict[str, Options] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    top: int = DEFAULT_TOP
    skip: int = 0
    count: bool = False
    data_array: bool = False
    given: tuple[tuple[str, str], ...] = ()  # as it was written

    @property
    def order_names(self) -> tuple[tuple[str, bool], ...] | None:
        """The keys if all are plain properties."""
        return self._names

    _names: tuple[tuple[str, bool], ...] | None = ()


def read(kind: EntityType, query: str) -> Options:
    """Raises StaError."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=MOST_OPTIONS
        )
    except ValueError as reason:
        raise StaError("The query of the URL cannot be read") from reason
    return _filled(kind, [(key, value) for key, value in pairs if key.startswith("$")], 0)


def _filled(kind: EntityType, pairs: list[tuple[str, str]], depth: int) -> Options:
    found = Options(kind, given=tuple(pairs))
    seen: set[str] = set()
    for key, value in pairs:
        if key in seen:
            raise StaError(f"{key} is given twice", target=key)
        seen.add(key)
        _take(found, key, value, depth)
    if found.data_array and kind.name != "Observation":
        raise StaError("dataArray is a form of Observations", target="$resultFormat")
    return found


def _take(found: Options, key: str, value: str, depth: int) -> None:  # noqa: C901 — a table
    if key == "$filter":
        found.filter = Compiled(found.kind, expression(value))
    elif key == "$orderby":
        _order(found, value)
    elif key == "$expand":
        _expand(found, value, depth + 1)
    elif key == "$select":
        found.select = _select(found.kind, value)
    elif key == "$top":
        found.top = min(_number(key, value), MOST_TOP)
    elif key == "$skip":
        found.skip = _number(key, value)
    elif key == "$count":
        found.count = _flag(key, value)
    elif key in {"$resultFormat", "$format"}:
        _format(found, key, value)
    else:
        kind = NotDone if key in UNKNOWN_HERE else StaError
        raise kind(f"There is no option {key!r} here", target=key)


def _format(found: Options, key: str, value: str) -> None:
    if key == "$resultFormat" and value == "dataArray":
        found.data_array = True
    elif value not in {"json", "application/json", "default"}:
        raise StaError(f"{key}: there is no form {value[:40]!r}", target=key)


def _flag(key: str, value: str) -> bool:
    if value not in {"true", "false"}:
        raise StaError(f"{key} is true or false", target=key)
    return value == "true"


def _number(key: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise StaError(f"{key} is a whole number from 0", target=key)
    return int(value)


def _order(found: Options, value: str) -> None:
    keys = []
    names: list[tuple[str, bool]] = []
    for node, down in ordering(value):
        compiled = Compiled(found.kind, node, "$orderby")
        if compiled.many:
            raise StaError("$orderby leads to many values", target="$orderby")
        keys.append((compiled, down))
        path: tuple[str, ...] = getattr(node, "names", ())
        names.append((path[0] if len(path) == 1 else "", down))
    found.order = tuple(keys)
    found._names = tuple(names) if all(name for name, _ in names) else None


def _select(kind: EntityType, value: str) -> tuple[str, ...]:
    names = tuple(each.strip() for each in value.split(","))
    for name in names:
        if name not in IDS and name not in kind.properties and name not in kind.links:
            raise StaError(f"{kind.name} has no {name[:60]!r} to select", target="$select")
    return names


# --- $expand ----------------------------------------------------------------------------


def _expand(found: Options, value: str, depth: int) -> None:
    if depth > DEEPEST_EXPAND:
        raise StaError(f"$expand goes deeper than {DEEPEST_EXPAND}", target="$expand")
    for item in split(value, ","):
        path, bracket, rest = item.partition("(")
        if bracket and not rest.endswith(")"):
            raise StaError(f"$expand: a bracket of {item[:60]!r} is not closed", target="$expand")
        inner = [_pair(each) for each in split(rest[:-1], ";")] if bracket and rest != ")" else []
        _step(found, path.strip().split("/"), inner, depth)


def _step(found: Options, path: list[str], inner: list[tuple[str, str]], depth: int) -> None:
    """One name of a path; the options in the brackets are those of its last."""
    link = found.kind.links.get(path[0])
    if link is None:
        raise StaError(f"{found.kind.name} does not lead to {path[0][:60]!r}", target="$expand")
    if len(path) > 1:
        if depth >= DEEPEST_EXPAND:
            raise StaError(f"$expand goes deeper than {DEEPEST_EXPAND}", target="$expand")
        below = found.expand.setdefault(link.name, Options(TYPES[link.target]))
        _step(below, path[1:], inner, depth + 1)
        return
    fresh = _filled(TYPES[link.target], inner, depth)
    if link.name in found.expand:  # named before on the way to something further
        fresh.expand = {**found.expand[link.name].expand, **fresh.expand}
    found.expand[link.name] = fresh


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.strip().partition("=")
    if not sign:
        raise StaError(f"$expand: {text[:60]!r} is no option", target="$expand")
    return key.strip(), value


def split(text: str, mark: str) -> list[str]:
    """The parts between marks that stand outside of brackets and quotes."""
    return list(_parts(text, mark))


def _parts(text: str, mark: str) -> Iterator[str]:
    depth, start, quoted = 0, 0, False
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == mark and depth == 0:
            yield text[start:at]
            start = at + 1
    if depth or quoted:
        raise StaError("A bracket or a quotation mark is not closed", target="$expand")
    yield text[start:]
