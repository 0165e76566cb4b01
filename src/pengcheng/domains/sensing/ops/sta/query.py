"""A page of a set: filtered, in order, cut; along the index of the history where that suffices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cmp_to_key
from itertools import islice
from typing import Any

from pengcheng.domains.sensing.ops.sta import history, resources
from pengcheng.domains.sensing.ops.sta.history import Span
from pengcheng.domains.sensing.ops.sta.resources import Resource
from pengcheng.domains.sensing.ops.sta.store import Store
from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.evaluating import Compiled, compare
from pengcheng.kit.sensorthings.options import Options
from pengcheng.kit.sensorthings.parsing import Binary, Literal, Node, Path

MOST_ORDERED = 200_000
TIMES = ("phenomenonTime",)


@dataclass
class Page:
    found: list[Resource]
    more: bool
    total: int | None = None


def page(store: Store, owner: Resource | None, link: str, options: Options) -> Page:
    """Of all of a type (no owner), or of what one leads to."""
    if owner is not None and owner.series is not None and link == "Observations":
        quick = _quick(store, owner, options)
        if quick is not None:
            return quick
    return _slow(store, _candidates(store, owner, link, options), options)


def _candidates(
    store: Store, owner: Resource | None, link: str, options: Options
) -> Iterable[Resource]:
    if owner is None:
        return store.all(options.kind)
    if owner.series is not None and link == "Observations" and options.filter is not None:
        return store.readings(owner.series, bounds(options.filter.node))
    return store.follow(owner, link)


def _quick(store: Store, owner: Resource, options: Options) -> Page | None:
    """Observations of one Datastream by time, unfiltered."""
    assert owner.series is not None  # noqa: S101 — asked before
    names = options.order_names
    if options.filter is not None or names is None or len(names) > 1:
        return None
    if names and names[0][0] not in TIMES:
        return None
    down = bool(names and names[0][1])
    found = history.piece(
        store.connection,
        store.tenant,
        owner.series,
        newest_first=down,
        skip=options.skip,
        top=options.top + 1,
    )
    total = None
    if options.count:
        total = history.count(store.connection, store.tenant, owner.series)
    listed = [resources.observation(row) for row in found[: options.top]]
    return Page(listed, len(found) > options.top, total)


def _slow(store: Store, candidates: Iterable[Resource], options: Options) -> Page:
    found = candidates
    test = options.filter
    if test is not None:
        found = (each for each in candidates if test.holds(each, store.follow))
    if options.order:
        listed = list(islice(found, MOST_ORDERED + 1))
        if len(listed) > MOST_ORDERED:
            raise StaError(f"$orderby has to sort more than {MOST_ORDERED}", target="$orderby")
        found = in_order(listed, options.order, store)
    end = options.skip + options.top
    if not options.count:
        cut = list(islice(found, options.skip, end + 1))
        return Page(cut[: options.top], len(cut) > options.top)
    kept, total = [], 0
    for each in found:
        if options.skip <= total < end:
            kept.append(each)
        total += 1
    return Page(kept, total > end, total)


# --- order ------------------------------------------------------------------------------


def in_order(
    listed: list[Resource], order: tuple[tuple[Compiled, bool], ...], store: Store
) -> list[Resource]:
    """Nothing comes first, and what cannot be compared stays as it came."""
    for key, down in reversed(order):
        keyed = [(key.value(each, store.follow), each) for each in listed]
        keyed.sort(key=cmp_to_key(_compared), reverse=down)
        listed = [each for _, each in keyed]
    return listed


def _compared(one: tuple[Any, Resource], other: tuple[Any, Resource]) -> int:
    a, b = _key(one[0]), _key(other[0])
    if a is None or b is None:
        return (a is not None) - (b is not None)
    if type(a) is type(b) or {type(a), type(b)} <= {int, float, bool}:
        return int(compare("gt", a, b)) - int(compare("lt", a, b))
    return (str(type(a)) > str(type(b))) - (str(type(a)) < str(type(b)))


def _key(value: Any) -> Any:
    return value.start if isinstance(value, moments.Interval) else value


# --- bounds of time ---------------------------------------------------------------------


def bounds(node: Node) -> Span:
    """What a filter says of the time for certain; the filter itself is asked all the same."""
    if not isinstance(node, Binary):
        return Span()
    if node.operator == "and":
        one, other = bounds(node.left), bounds(node.right)
        return Span(_best(max, one.since, other.since), _best(min, one.until, other.until))
    operator, left, right = node.operator, node.left, node.right
    if isinstance(left, Literal):
        operator, left, right = TURNED.get(operator, ""), right, left
    if not isinstance(left, Path) or left.names != TIMES or not isinstance(right, Literal):
        return Span()
    if not isinstance(right.value, datetime):
        return Span()
    at = int(right.value.timestamp() * 1_000_000)
    since = at if operator in {"gt", "ge", "eq"} else None
    return Span(since, at if operator in {"lt", "le", "eq"} else None)


TURNED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}


def _best(choose: Any, one: int | None, other: int | None) -> int | None:
    listed = [each for each in (one, other) if each is not None]
    return choose(listed) if listed else None
