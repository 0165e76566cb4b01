"""Who looked at my data: the audit lines that are about a person, in their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import Log, LogQuery, Look, Purpose
from pengcheng.domains.dataaccount.ops.consenting import READ, subject_of
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import REGISTERS
from pengcheng.kernel import clock
from pengcheng.kernel.audit import Line
from pengcheng.kernel.context import Context
from pengcheng.kernel.looks import LookQuery, looks, purposes_of
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.registry import manifests, permissions

MOST = 5000
OUTSIDE_DOMAINS = {
    "demo": ("演示准备", "Preparing the demonstration"),
    "cli": ("运维命令", "The operator's commands"),
}
Offices = Mapping[str, str]


def log(context: Context, query: LogQuery) -> Log:
    """One page of the person's access log. Only they see it, or who acts for them."""
    subject = subject_of(context)
    permit(context, READ, Resource(kind="access-log", id=subject, owner=subject or None))
    found = looks(subject, _asked(query))
    named = {line.actor for line in found.lines if line.actor_kind in {"official", "organisation"}}
    offices = identity.offices(account_ids=named)
    return Log(
        tuple(_look(line, subject, offices) for line in found.lines), found.total, found.page
    )


def purposes_seen(context: Context) -> tuple[Purpose, ...]:
    """The purposes that occur in the person's log, for its filter."""
    subject = subject_of(context)
    permit(context, READ, Resource(kind="access-log", id=subject, owner=subject or None))
    return tuple(purpose_of(one) for one in purposes_of(subject))


def purpose_of(purpose_id: str) -> Purpose:
    """The purpose, or one that says that nobody registered it."""
    found = rules.purposes().get(purpose_id)
    return found or Purpose(
        id=purpose_id,
        ground="duty",
        zh=f"未登记的目的（{purpose_id}）",
        en="A purpose not on record",
    )


def _asked(query: LogQuery) -> LookQuery:
    return LookQuery(
        purpose=query.purpose,
        since=_midnight(query.first) if query.first else None,
        until=_midnight(query.last) + timedelta(days=1) if query.last else None,
        own=query.own,
        page=query.page,
        size=min(max(query.size, 1), MOST),
    )


def _midnight(day: object) -> datetime:
    return datetime.combine(day, time(), clock.CITY_ZONE)  # type: ignore[arg-type]


def _look(line: Line, subject: str, offices: Offices) -> Look:
    purpose = purpose_of(line.purpose)
    who_zh, who_en = _who(line, subject, offices)
    what_zh, what_en = _what(line)
    return Look(
        id=line.id,
        at=line.time,
        who_zh=who_zh,
        who_en=who_en,
        own=line.actor == subject,
        purpose=line.purpose,
        purpose_zh=purpose.zh,
        purpose_en=purpose.en,
        ground=purpose.ground if line.purpose in rules.purposes() else "",
        article_zh=purpose.article_zh,
        article_en=purpose.article_en,
        what_zh=what_zh,
        what_en=what_en,
        items=_items(line),
        case=_case(line),
        refused=line.outcome != "success",
        digest=line.digest,
    )


def _who(line: Line, subject: str, offices: Offices) -> tuple[str, str]:
    """The office rather than the official, the part of the city rather than its code."""
    if line.actor == subject:
        return "您本人", "You yourself"
    if line.actor_kind == "official":
        office = offices.get(line.actor) or ""
        return office or "政务服务窗口", office or "Public service counter"
    if line.actor_kind == "organisation" and offices.get(line.actor):
        return offices[line.actor], offices[line.actor]
    if line.actor_kind == "system":
        named = OUTSIDE_DOMAINS | {one.id: (one.zh, one.en) for one in manifests()}
        part = line.actor.removeprefix("system/")
        zh, en = named.get(part, (part, part))
        return f"鹏城系统：{zh}", f"Pengcheng itself: {en}"
    if line.on_behalf_of == subject:
        return "您的代理人或监护人", "Someone who acts for you"
    return "您出示对象", "Whoever you showed it to"


def _what(line: Line) -> tuple[str, str]:
    permission = permissions().get(line.action)
    register = line.resource.removeprefix("register/")
    for one in REGISTERS:
        if one.id == register:
            return one.zh, one.en
    return (permission.zh, permission.en) if permission else (line.action, line.action)


def _items(line: Line) -> tuple[str, ...]:
    register = line.resource.removeprefix("register/")
    return tuple(f"{register}:{one}" for one in line.facts.get("attributes", ()))


def _case(line: Line) -> str:
    """The case it was about: only a case of the person's own has a line about them."""
    kind, _, number = line.resource.partition("/")
    return number if kind == "case" else ""
