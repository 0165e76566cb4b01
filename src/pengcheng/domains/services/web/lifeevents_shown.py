"""Life events in plain words: the plan, the picture of the parts, the one timeline."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.contracts import Limit
from pengcheng.domains.services.contracts.lifeevents import (
    GONE,
    Charge,
    Filing,
    LifeEvent,
    Line,
    PartState,
    PartView,
)
from pengcheng.domains.services.web import said

STATES: dict[PartState, tuple[Any, str]] = {
    PartState.WAITING: (pgettext_lazy("part", "Waits for an earlier part"), "waiting"),
    PartState.OPEN: (pgettext_lazy("part", "Being handled"), "active"),
    PartState.CORRECTION: (gettext_lazy("Waiting for you"), "warn"),
    PartState.UNPAID: (pgettext_lazy("part", "Granted, fee not paid"), "warn"),
    PartState.GRANTED: (gettext_lazy("Granted"), "good"),
    PartState.REFUSED: (gettext_lazy("Refused"), "bad"),
    PartState.STOPPED: (pgettext_lazy("part", "Stopped"), "neutral"),
    PartState.WITHDRAWN: (gettext_lazy("Withdrawn"), "neutral"),
}
LINES: dict[str, tuple[Any, str]] = {
    "sent": (gettext_lazy("You sent the form"), "done"),
    "opened": (pgettext_lazy("part", "The department received its part"), "active"),
    "resent": (pgettext_lazy("part", "The mended part was sent again"), "active"),
    "supplemented": (gettext_lazy("You sent your addition"), "done"),
    "correction": (gettext_lazy("You were asked to correct or add something"), "warn"),
    "granted": (gettext_lazy("Granted"), "good"),
    "refused": (gettext_lazy("Refused"), "bad"),
    "withdrawn": (gettext_lazy("You took the application back"), "neutral"),
    "stopped": (pgettext_lazy("part", "Stopped, for it needs another part's result"), "neutral"),
    "paid": (gettext_lazy("The fees were paid in one payment"), "done"),
    "refunded": (gettext_lazy("The part did not come about: its fee was given back"), "done"),
    "issued": (gettext_lazy("The licence was handed out"), "good"),
    "ended": (gettext_lazy("Every part has come to its end"), "done"),
}
UNDECIDED = frozenset({PartState.OPEN, PartState.CORRECTION})


def yuan(cents: int) -> str:
    return _("%(amount)s yuan") % {"amount": f"{cents / 100:,.2f}"}


def state(value: PartState) -> dict[str, str]:
    text, kind = STATES[value]
    return {"text": str(text), "kind": kind}


def in_list(found: Filing, tongue: str) -> dict[str, Any]:
    """A filing in a list."""
    ended = found.ended == len(found.parts)
    waiting = bool(found.mending)
    text, kind = (pgettext("event", "Ended"), "done") if ended else (_("Under way"), "active")
    if waiting:
        text, kind = _("Waiting for you"), "warn"
    return {
        "url": reverse("services:event-filing", args=[found.id]),
        "title": found.event.text(tongue),
        "reference": found.reference,
        "sent_at": found.sent_at,
        "progress": progress(found),
        "state": {"text": text, "kind": kind},
    }


def progress(found: Filing) -> str:
    return _("%(done)d of %(all)d parts are through") % {
        "done": sum(view.state is PartState.GRANTED for view in found.parts),
        "all": len(found.parts),
    }


def plan(event: LifeEvent, tongue: str) -> list[dict[str, Any]]:
    """The parts stage by stage, as the landing page tells them."""
    stages = lifeevents.stages(event=event)
    found: dict[int, list[dict[str, Any]]] = {}
    for part in event.part:
        found.setdefault(stages[part.id], []).append(
            {
                "title": part.text(tongue),
                "department": part.department(tongue),
                "days": said.limit(Limit(part.days)),
                "result": part.licence.text(tongue) if part.licence else "",
                "after": said.joined([event.the(id).text(tongue) for id in part.after], tongue),
                "item": part.item,
            }
        )
    return [{"number": number, "parts": parts} for number, parts in sorted(found.items())]


def fees(event: LifeEvent, tongue: str) -> list[dict[str, str]]:
    return [
        {"key": fee.text(tongue), "value": yuan(fee.cents)}
        for part in event.part
        for fee in part.fee
    ]


def charges(found: Filing, tongue: str) -> list[dict[str, str]]:
    gone = {view.part.id for view in found.parts if view.state in GONE}
    return [
        {"key": one.text(tongue), "value": f"{yuan(one.cents)} · {_charged(one, gone)}"}
        for one in found.charges
    ]


def _charged(one: Charge, gone: set[str]) -> str:
    if one.state == "due" and one.part in gone:
        return pgettext("fee", "not to be paid")
    return {
        "due": pgettext("fee", "to be paid"),
        "paid": pgettext("fee", "paid"),
        "back": pgettext("fee", "given back"),
    }[one.state]


# --- the picture ------------------------------------------------------------------------


def picture(found: Filing, tongue: str) -> list[dict[str, Any]]:
    """The parts stage by stage; those of one stage run side by side."""
    stages: dict[int, list[dict[str, Any]]] = {}
    for view in found.parts:
        stages.setdefault(view.stage, []).append(_part(found, view, tongue))
    return [{"number": number, "parts": parts} for number, parts in sorted(stages.items())]


def _part(found: Filing, view: PartView, tongue: str) -> dict[str, Any]:
    licence = view.part.licence
    return {
        "title": view.part.text(tongue),
        "department": view.part.department(tongue),
        "state": state(view.state),
        "case_url": reverse("services:matter", args=[view.case_id]) if view.case_id else "",
        "reference": view.reference,
        "attempt": view.attempt,
        "why": _why(found, view, tongue),
        "facts": [
            {"label": fact.text(tongue), "value": view.facts[fact.id]}
            for fact in view.part.gives
            if fact.id in view.facts
        ],
        "licence": licence.text(tongue) if licence and view.licence_id else "",
        "licence_id": view.licence_id,
    }


def _why(found: Filing, view: PartView, tongue: str) -> str:
    """What the part waits for or was stopped by."""
    event = found.event
    if view.state is PartState.STOPPED and view.stopped_by:
        return _("It needs the result of: %(part)s. That part did not come about.") % {
            "part": event.the(view.stopped_by).text(tongue)
        }
    if view.state is PartState.WAITING:
        names = [event.the(id).text(tongue) for id in view.part.after]
        return _("It begins by itself after: %(parts)s") % {"parts": said.joined(names, tongue)}
    return ""


def timeline(found: Filing, tongue: str) -> list[dict[str, Any]]:
    """What happened in all parts, the latest first."""
    return [_line(found, line, tongue) for line in reversed(found.lines)]


def _line(found: Filing, line: Line, tongue: str) -> dict[str, Any]:
    title, kind = LINES[line.what]
    part = found.event.the(line.part) if line.part else None
    text = part.text(tongue) if part else ""
    if line.what in {"opened", "resent"} and line.note:
        text = f"{text} · {line.note}"
    return {
        "title": str(title),
        "kind": kind,
        "time": line.at,
        "by": part.department(tongue) if part and line.what in _BY_DEPARTMENT else "",
        "text": text,
    }


_BY_DEPARTMENT = frozenset({"opened", "granted", "refused", "correction", "issued"})
