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
    if new.kind == "employee":
        return BY_ROLE.get(new.role, ())
    wanted = {*new.powers, *(("follow",) if "apply" in new.powers else ())}
    return tuple(power for power in ALL_POWERS if power in wanted)


def wrong_fields(new: NewMandate, *, organisation: bool, today: date) -> list[FieldError]:
    """What must be put right before the mandate can be given."""
    starts = new.starts_on or today
    faults = [_wrong_role(new) if organisation else _wrong_powers(new), _wrong_items(new)]
    if starts < today:
        faults.append(_fault("starts_on", "开始日期不能早于今天", "It cannot begin before today"))
    faults.append(_wrong_end(starts, new.ends_on, bounded=not organisation))
    return [fault for fault in faults if fault is not None]


def _fault(field: str, zh: str, en: str) -> FieldError:
    return FieldError(f"/{field}", zh, en)


def _wrong_role(new: NewMandate) -> FieldError | None:
    if new.role in _ROLES:
        return None
    return _fault("role", "请选择在单位中的身份", "Choose the role in the organisation")


def _wrong_powers(new: NewMandate) -> FieldError | None:
    if set(new.powers) - set(ALL_POWERS):
        return _fault("powers", "没有这样的权限", "There is no such power")
    return None if new.powers else _fault("powers", "请至少选择一项", "Choose at least one")


def _wrong_items(new: NewMandate) -> FieldError | None:
    if len(new.items) <= MOST_ITEMS and all(_ITEM.fullmatch(item) for item in new.items):
        return None
    return _fault("items", "事项编码有误", "The item codes are not right")


def _wrong_end(starts: date, ends: date | None, *, bounded: bool) -> FieldError | None:
    if ends is not None and ends < starts:
        return _fault("ends_on", "结束日期不能早于开始日期", "It cannot end before it begins")
    if bounded and (ends is None or ends > add_years(starts, LONGEST)):
        zh = f"请填写结束日期，最长 {LONGEST} 年"
        return _fault("ends_on", zh, f"Enter the last day, at most {LONGEST} years on")
    return None


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
