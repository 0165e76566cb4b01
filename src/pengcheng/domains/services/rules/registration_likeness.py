"""Whether two trade names are alike, and names that are not: explained, never scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pengcheng.domains.services.contracts.registration import (
    Likeness,
    NameParts,
    NameState,
    Registered,
    Resemblance,
)
from pengcheng.domains.services.rules import registration as names

KEPT_AFTER_END = timedelta(days=365)
"""A name that was given up stays closed for a year (article 17)."""
_ORDER: dict[Likeness, int] = {"same": 0, "sound": 1, "contains": 2, "near": 3}


def sound(text: str) -> str:
    """The syllables without tones; a character with several sounds takes its usual one."""
    from pypinyin import lazy_pinyin  # its tables take a moment: whoever never asks does not wait

    return " ".join(lazy_pinyin(names.standard(text)))


def distance(one: str, other: str) -> int:
    """How many characters must be put in, left out or changed."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def resemblances(
    parts: NameParts, earlier: Iterable[Registered], today: date, *, related: bool = False
) -> tuple[Resemblance, ...]:
    """The earlier names in the way, the worst first. ``related``: the firms have a common owner,
    which lifts the ban on the same trade name.
    """
    mine = names.industry_of(parts.industry)
    found = []
    for one in earlier:
        if _closed_long_ago(one, today) or not _same_line(mine.id if mine else "", one.industry):
            continue
        likeness = likeness_of(parts.trade, one)
        if likeness is not None:
            refuse = likeness == "same" and not related
            found.append(
                Resemblance(
                    full=one.full,
                    likeness=likeness,
                    weight="refuse" if refuse else "caution",
                    state=one.state,
                )
            )
    return tuple(sorted(found, key=lambda each: (_ORDER[each.likeness], each.full)))


def _closed_long_ago(one: Registered, today: date) -> bool:
    ended = one.ended_on
    return one.state is NameState.ENDED and (ended is None or today - ended >= KEPT_AFTER_END)


def _same_line(mine: str, other: str) -> bool:
    """The same industry, or one of the two names says none."""
    return not mine or not other or mine == other


def likeness_of(trade: str, other: Registered) -> Likeness | None:
    """How this trade name is like the other one, if at all."""
    mine, theirs = names.standard(trade), names.standard(other.trade)
    if mine == theirs:
        return "same"
    if sound(mine) == other.pinyin:
        return "sound"
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) > 1 and shorter in longer:
        return "contains"
    if len(shorter) > 2 and distance(mine, theirs) == 1:
        return "near"
    return None


def suggestions(
    parts: NameParts, earlier: tuple[Registered, ...], today: date, most: int = 3
) -> tuple[str, ...]:
    """Names close to this one that no rule refuses and no earlier name is like."""
    found: list[str] = []
    for trade in _variants(names.standard(parts.trade)):
        other = NameParts(
            region=parts.region or "深圳市",
            trade=trade,
            industry=parts.industry,
            form=parts.form or "有限公司",
        )
        refused = any(o.weight != "caution" for o in names.objections(other))
        if not refused and not resemblances(other, earlier, today):
            found.append(other.full)
        if len(found) == most:
            break
    return tuple(found)


def _variants(trade: str) -> Iterator[str]:
    """One character before or behind, or the second one changed."""
    told = names.naming()["suggest"]
    for before, after in zip(told["before"], told["after"], strict=True):
        yield f"{trade[0]}{after}{trade[1:]}" if len(trade) == 2 else f"{trade}{after}"
        yield f"{before}{trade}"
        yield f"{before}{trade[:1]}{after}"
