"""The same item at several bodies: where they ask otherwise, and what a cut would save."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache

import msgspec

from pengcheng.domains.services.contracts import Item, Limit
from pengcheng.domains.services.rules.findings import (
    Assumptions,
    Comparison,
    Saving,
    Standing,
    Twin,
)
from pengcheng.domains.services.rules.vocabulary import data_bytes


@cache
def assumptions() -> Assumptions:
    """The assumptions as shipped."""
    return msgspec.convert(tomllib.loads(data_bytes("savings.toml").decode()), Assumptions)


def plain(text: str) -> str:
    """A name without differences of writing: widths, spaces, brackets, case."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def compare(items: Iterable[Item], by: Assumptions) -> Comparison:
    """Items of one name and one catalogue code at more than one body, greatest saving first."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.catalog_code, plain(item.task_name)), []).append(item)
    twins = [
        _twin(group, by) for group in groups.values() if len({one.dept_code for one in group}) > 1
    ]
    twins.sort(key=lambda twin: (-twin.saving.minutes, -twin.saving.days, twin.name))
    return Comparison(
        assumptions=by, twins=tuple(twins), saving=_sum(twin.saving for twin in twins)
    )


def _twin(group: list[Item], by: Assumptions) -> Twin:
    standings = tuple(_standing(one, group, by) for one in group)
    return Twin(
        key=group[0].task_code,
        name=group[0].task_name,
        catalog_code=group[0].catalog_code,
        standings=standings,
        differs=_differs(group),
        saving=_sum(standing.saving for standing in standings),
    )


def _differs(group: list[Item]) -> tuple[str, ...]:
    listed = [frozenset(map(plain, one.materials)) for one in group if one.materials]
    seen: dict[str, set[object]] = {
        "materials": set(listed),
        "promise": {_key(one.promise) for one in group if one.promise},
        "anticipate": {_key(one.anticipate) for one in group if one.anticipate},
        "visits": {one.limit_scene_num for one in group},
        "online": {one.is_online for one in group},
    }
    return tuple(name for name, values in seen.items() if len(values) > 1)


def _key(limit: Limit) -> tuple[int, str]:
    return limit.days, limit.unit


def _standing(this: Item, group: list[Item], by: Assumptions) -> Standing:
    """Beside the leanest of the group. No list of materials is no statement, so not the leanest."""
    lists = [one.materials for one in group if one.materials]
    known = {plain(name) for one in group if one is not this for name in one.materials}
    compared = this.materials and len(lists) > 1
    spare = len(this.materials) - min(map(len, lists)) if compared else 0
    only = tuple(name for name in this.materials if plain(name) not in known) if compared else ()
    visits = this.limit_scene_num - min(one.limit_scene_num for one in group)
    return Standing(
        item=this, only_here=only, saving=_saving(spare, visits, _days(this, group), by)
    )


def _days(this: Item, group: list[Item]) -> int:
    if this.promise is None:
        return 0
    same_unit = [
        one.promise.days for one in group if one.promise and one.promise.unit == this.promise.unit
    ]
    return this.promise.days - min(same_unit)


def _saving(materials: int, visits: int, days: int, by: Assumptions) -> Saving:
    minutes = materials * by.minutes_per_material + visits * by.minutes_per_visit
    return Saving(
        materials=materials,
        visits=visits,
        days=days,
        minutes=minutes,
        hours_a_year=minutes * by.applications // 60,
    )


def _sum(savings: Iterable[Saving]) -> Saving:
    held = list(savings)
    names = Saving.__struct_fields__
    return Saving(**{name: sum(getattr(one, name) for one in held) for name in names})
