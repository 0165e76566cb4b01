"""Who may rate what and until when, what a rating may hold, and what a handful of them means."""

import math
import unicodedata
from datetime import date, datetime, timedelta

import msgspec

from pengcheng.domains.casework.contracts import Label, State
from pengcheng.domains.casework.contracts.ratings import (
    GRADES,
    Channel,
    NewRating,
    RatingRow,
    Round,
)
from pengcheng.domains.casework.rules.guards import groups_of
from pengcheng.domains.casework.rules.indicators import tags_for
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Denied, FieldError, Invalid

RATE_DAYS = 30
"""Calendar days after a decision (or a reply) in which it can be rated."""
CHANGE_HOURS = 24
"""A slip of the finger can be corrected once in this time, unless it already opened a case."""
LONGEST = 500
MIN_PUBLIC = 5
"""Fewer ratings than this are not shown to the public: they could be told apart."""
MIN_RANKED = 20
Z95 = 1.959963984540054
HANDLED = frozenset({State.GRANTED, State.REFUSED, State.UPHELD, State.OVERTURNED, State.CLOSED})


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need to know of a case."""

    owner: str
    group: str
    state: State
    ended_at: datetime | None
    officials: frozenset[str]  # whoever took a step in it for the city
    given: dict[Round, datetime]
    bad: bool = False  # the standing rating opened a rectification
    answered_at: datetime | None = None
    rateable: bool = True


def refused_rater(context: Context, case: Handling, *, by_code: bool) -> Denied | None:
    """Nobody but the applicant in person; no official whose work it is, in whatever role."""
    if context.agent is not None or context.actor.kind in {"agent", "system"}:
        return _denied("agent", "评价须由本人作出", "A rating is given by a person")
    if context.actor.id in case.officials or _serves(context, case.group):
        return _denied(
            "official",
            "工作人员不能评价本单位办理的事项",
            "Officials cannot rate the work of their own office",
        )
    if by_code:
        return None
    if context.on_behalf_of or context.actor.id != case.owner:
        return _denied("not_yours", "只有申请人本人可以评价", "Only the applicant can rate this")
    return None


def _serves(context: Context, group: str) -> bool:
    return "official" in context.actor.roles and group in groups_of(context)


def next_round(case: Handling, now: datetime) -> tuple[Round | None, date | None, Label | None]:
    """What kind of rating could be given now, until which day, or why none."""
    if not case.rateable or case.state not in HANDLED or case.ended_at is None:
        return None, None, Label("办结后方可评价", "It can be rated when the matter has ended")
    if "first" not in case.given:
        return _window("first", case.ended_at, now)
    if case.bad:
        return _after_bad(case, now)
    limit = case.given["first"] + timedelta(hours=CHANGE_HOURS)
    if "changed" not in case.given and now <= limit:
        return "changed", None, None
    return None, None, Label("您已作出评价", "You have rated this")


def _after_bad(case: Handling, now: datetime) -> tuple[Round | None, date | None, Label | None]:
    if "again" in case.given:
        return None, None, Label("您已再次作出评价", "You have rated this again")
    if case.answered_at is None:
        wait = Label("您的差评正在核实整改", "Your rating is being looked into")
        return None, None, wait
    return _window("again", case.answered_at, now)


def _window(
    kind: Round, start: datetime, now: datetime
) -> tuple[Round | None, date | None, Label | None]:
    end = start + timedelta(days=RATE_DAYS)
    if now > end:
        return None, None, Label("评价期限已过", "The time to rate is over")
    return kind, end.date(), None


def clean(new: NewRating, channel: Channel) -> NewRating:
    """The rating as it is kept; raises Invalid. Tags that do not belong to the grade are faults."""
    text = harmless(new.text)
    errors = []
    if new.grade not in GRADES:
        errors.append(FieldError("/grade", "请选择评价等次", "Choose a grade"))
    if len(text) > LONGEST:
        error = f"不超过{LONGEST}字", f"Keep it within {LONGEST} characters"
        errors.append(FieldError("/text", *error))
    known = {tag.id for tag in tags_for(channel, new.grade)}
    if set(new.tags) - known:
        errors.append(FieldError("/tags", "请重新选择评价指标", "Choose the points again"))
    if errors:
        raise Invalid(
            code="casework.rating.invalid",
            zh="请检查您的评价",
            en="Look at your rating again",
            next_zh="请更正后提交。",
            next_en="Correct it and send it again.",
            errors=tuple(errors),
        )
    return NewRating(grade=new.grade, tags=tuple(sorted(set(new.tags))), text=text)


def harmless(text: str) -> str:
    """Without control and direction characters, which could hide or turn round what is read."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept = (c for c in normal if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return "".join(kept).strip()


def wilson(good: int, count: int, z: float = Z95) -> tuple[float, float]:
    """The score interval for a share; it stays honest where few have answered."""
    if count <= 0:
        return 0.0, 1.0
    share, z2 = good / count, z * z
    middle = share + z2 / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    scale = 1 + z2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def row(key: str, label: Label, grades: dict[int, int], *, least: int = 1) -> RatingRow:
    """A line from how often each grade was given; below ``least`` only the count."""
    count = sum(grades.values())
    bad = sum(n for grade, n in grades.items() if grade <= 2)
    if count < max(1, least):
        empty: dict[str, None] = dict.fromkeys(("mean", "satisfied", "low", "high"))
        return RatingRow(key=key, label=label, count=count, bad=bad, **empty)
    low, high = wilson(count - bad, count)
    return RatingRow(
        key=key,
        label=label,
        count=count,
        mean=sum(grade * n for grade, n in grades.items()) / count,
        satisfied=(count - bad) / count,
        low=low,
        high=high,
        bad=bad,
    )


def ranked(rows: list[RatingRow]) -> tuple[RatingRow, ...]:
    """Best first by the lower end of the interval, so that three friends do not make a champion."""
    order = sorted(rows, key=lambda r: (-(r.low or 0.0), -(r.mean or 0.0), r.key))
    found, place = [], 0
    for each in sorted(order, key=lambda r: r.count < MIN_RANKED):
        if each.count >= MIN_RANKED:
            place += 1
            each = msgspec.structs.replace(each, rank=place)
        found.append(each)
    return tuple(found)


def _denied(code: str, zh: str, en: str) -> Denied:
    return Denied(
        code=f"casework.rating.{code}",
        zh=zh,
        en=en,
        next_zh="请由申请人本人登录，或凭办件编号和查询码评价。",
        next_en="The applicant can sign in, or use the number and code of the matter.",
    )
