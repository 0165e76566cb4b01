"""The steps of an application in plain words: what is done, who has it now, until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pengcheng.domains.casework.contracts import StepLine, StepState, StepView
from pengcheng.domains.services.web import said
from pengcheng.kernel import clock

TAGS: dict[StepState, tuple[Any, str]] = {
    StepState.PENDING: (gettext_lazy("Comes later"), "neutral"),
    StepState.READY: (gettext_lazy("Its turn has come"), "waiting"),
    StepState.CLAIMED: (gettext_lazy("Being looked at"), "active"),
    StepState.WAITING: (gettext_lazy("Waiting"), "waiting"),
    StepState.PARKED: (gettext_lazy("Held up"), "warn"),
    StepState.DONE: (gettext_lazy("Done"), "good"),
    StepState.SKIPPED: (gettext_lazy("Not needed for you"), "neutral"),
    StepState.CANCELLED: (gettext_lazy("Ended"), "neutral"),
}
OPEN = frozenset({StepState.READY, StepState.CLAIMED, StepState.WAITING, StepState.PARKED})


def steps(found: Iterable[StepView | StepLine], language: str) -> list[dict[str, Any]]:
    return [_step(each, language) for each in found]


def _step(each: StepView | StepLine, language: str) -> dict[str, Any]:
    text, kind = TAGS[each.state]
    view = each if isinstance(each, StepView) else None
    child = view.child if view else None
    return {
        "label": each.label.text(language),
        "state": {"text": str(text), "kind": kind},
        "lines": [*filter(None, (_who(each, language), _until(each), _held(each, language)))],
        "text": view.text.text(language) if view and view.text and _told(view) else "",
        "child": child
        and {"url": reverse("services:matter", args=[child.id]), "text": child.reference},
        "open": each.state in OPEN,
    }


def _told(view: StepView) -> bool:
    """A notice is shown once it was given; what a step means, while it is under way."""
    return view.state == StepState.DONE if view.kind == "notice" else view.state in OPEN


def _who(each: StepView | StepLine, language: str) -> str:
    if each.office is None or each.state not in OPEN:
        return ""
    return _("With %(office)s") % {"office": each.office.text(language)}


def _until(each: StepView | StepLine) -> str:
    due = each.clock.due_on if isinstance(each, StepView) else each.due_on
    if due is None or each.state not in OPEN:
        return ""
    if each.kind == "timer":
        return _("Runs until the end of %(day)s") % {"day": said.day(due)}
    return _("Should be done by %(day)s") % {"day": said.day(due)}


def _held(each: StepView | StepLine, language: str) -> str:
    if each.waiting_for is None:
        return ""
    told = {"what": each.waiting_for.text(language), "time": ""}
    if each.next_try_at is None:
        return _("Waiting for %(what)s. It goes on by itself.") % told
    told["time"] = f"{clock.local(each.next_try_at):%H:%M}"
    return (
        _(
            "Waiting for %(what)s, which is out of order at present. You need not do anything: "
            "it is tried again at %(time)s."
        )
        % told
    )
