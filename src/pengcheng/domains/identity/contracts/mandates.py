"""Who may act for whom: kinds, what can be covered, and how a mandate looks to its two sides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from pengcheng.domains.identity.contracts import Role

MandateKind = Literal["employee", "parent", "guardian", "agent"]
MandateState = Literal["waiting", "in_force", "not_yet", "expired", "ended"]

KINDS: tuple[Role, ...] = (
    Role("employee", "单位成员", "Employee of"),
    Role("parent", "父母", "Parent of"),
    Role("guardian", "监护人", "Guardian of"),
    Role("agent", "代理人", "Agent for"),
)
POWERS: tuple[Role, ...] = (
    Role("follow", "查看办件进度", "Follow cases"),
    Role("apply", "申请、补正和预约", "Apply, correct and book"),
    Role("pay", "查看和支付费用", "See and pay fees"),
    Role("licences", "使用证照", "Use licences"),
    Role("data", "管理个人数据和授权", "Look after personal data and consents"),
)
ORGANISATION_ROLES: tuple[Role, ...] = (
    Role("representative", "法定代表人", "Legal representative"),
    Role("administrator", "管理员", "Administrator"),
    Role("clerk", "经办人", "Clerk"),
)
MANAGERS = frozenset({"representative", "administrator"})


class NewMandate(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of whoever lets somebody act for them."""

    username: str
    kind: MandateKind = "agent"
    role: str = ""
    powers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


class MandateView(msgspec.Struct, frozen=True, kw_only=True):
    """A mandate as either side sees it."""

    id: str
    kind: str
    role: str
    principal: str
    principal_name: str
    agent: str
    agent_name: str
    powers: tuple[str, ...]
    items: tuple[str, ...]
    source: str
    starts_on: date
    ends_on: date | None
    given_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    state: MandateState


class Ward(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for whom a register says one may act, without a mandate yet."""

    account_id: str
    name: str
    kind: str
    until: date | None
