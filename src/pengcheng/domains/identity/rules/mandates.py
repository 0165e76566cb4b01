"""Decisions about mandates: what may be given, by whom, and whether one is in force."""

from __future__ import annotations

import re
from datetime import date, datetime

from pengcheng.domains.identity.contracts.mandates import (
    MANAGERS,
    ORGANISATION_ROLES,
    POWERS,
    MandateState,
    NewMandate,
)
from pengcheng.kernel.problems import FieldError

ALL_POWERS = tuple(power.id for power in POWERS)
_ROLES = frozenset(role.id for role in ORGANISATION_ROLES)
_ITEM = re.compile(r"[A-Za-z0-9._-]{1,60}")
MOST_ITEMS = 30
MOST_MANDATES = 200
LONGEST = 3  # years: what lasts longer is given again
OF_AGE = 18
BY_ROLE: dict[str, tuple[str, ...]] = {
    "representative": ALL_POWERS,
    "administrator": ALL_POWERS,
    "clerk": ("follow", "apply"),
}


def state_of(
    *,
    accepted: datetime | None,
    ended: datetime | None,
    starts_on: date,
    ends_on: date | None,
    today: date,
) -> MandateState:
    """Where a mandate stands today; its last day still counts."""
    if ended is not None:
        return "ended"
    if ends_on is not None and today > ends_on:
        return "expired"
    if accepted is None:
        return "waiting"
    return "in_force" if starts_on <= today else "not_yet"


def powers_of(new: NewMandate) -> tuple[str, ...]:
    """What the mandate covers: an organisation's roles fix it; whoever applies may follow."""
    if new.role:
        return BY_ROLE.get(new.role, ())
    wanted = {*new.powers, *(("follow",) if "apply" in new.powers else ())}
    return tuple(power for power in ALL_POWERS if power in wanted)


def wrong_fields(new: NewMandate, *, organisation: bool, today: date) -> list[FieldError]:
    """What must be put right before the mandate can be given."""
    starts, ends = new.starts_on or today, new.ends_on
    told = (
        (
            organisation and new.role not in _ROLES,
            "/role",
            "请选择在单位中的身份",
            "Choose the role in the organisation",
        ),
        (
            not organisation and not powers_of(new),
            "/powers",
            "请至少选择一项",
            "Choose at least one",
        ),
        (
            bool(set(new.powers) - set(ALL_POWERS)),
            "/powers",
            "没有这样的权限",
            "There is no such power",
        ),
        (
            len(new.items) > MOST_ITEMS or not all(_ITEM.fullmatch(item) for item in new.items),
            "/items",
            "事项编码有误",
            "The item codes are not right",
        ),
        (starts < today, "/starts_on", "开始日期不能早于今天", "It cannot begin before today"),
        (
            ends is not None and ends < starts,
            "/ends_on",
            "结束日期不能早于开始日期",
            "It cannot end before it begins",
        ),
        (
            not organisation and (ends is None or ends > add_years(starts, LONGEST)),
            "/ends_on",
            f"请填写结束日期，最长 {LONGEST} 年",
            f"Enter the last day, at most {LONGEST} years on",
        ),
    )
    return [FieldError(pointer, zh, en) for wrong, pointer, zh, en in told if wrong]


def manages(role: str) -> bool:
    """Whether a member with this role may invite and remove members."""
    return role in MANAGERS


def add_years(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def of_age_on(birth_date: str) -> date | None:
    """When a person comes of age; None when the register does not say."""
    try:
        return add_years(date.fromisoformat(birth_date), OF_AGE)
    except ValueError:
        return None
