"""Seals and requests in people's words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pengcheng.domains.signatures.contracts.custody import (
    RequestState,
    RequestView,
    SealState,
    SealStep,
    SealView,
    Use,
)
from pengcheng.kernel import clock

SEAL_KINDS = {
    SealState.ACTIVE: "good",
    SealState.SUSPENDED: "warn",
    SealState.RETIRED: "neutral",
}
STATE_KINDS = {
    RequestState.WAITING: "active",
    RequestState.SEALED: "good",
    RequestState.REFUSED: "bad",
    RequestState.WITHDRAWN: "neutral",
}


def seal_tag(state: SealState) -> dict[str, str]:
    told = {
        SealState.ACTIVE: pgettext("stamp", "In use"),
        SealState.SUSPENDED: pgettext("stamp", "Suspended"),
        SealState.RETIRED: pgettext("stamp", "Retired"),
    }
    return {"text": told[state], "kind": SEAL_KINDS[state]}


def tag(state: RequestState) -> dict[str, str]:
    told = {
        RequestState.WAITING: pgettext("stamp", "Waiting for approval"),
        RequestState.SEALED: pgettext("stamp", "Sealed"),
        RequestState.REFUSED: pgettext("stamp", "Refused"),
        RequestState.WITHDRAWN: pgettext("stamp", "Withdrawn"),
    }
    return {"text": told[state], "kind": STATE_KINDS[state]}


def answered() -> dict[RequestState, str]:
    return {
        RequestState.WAITING: _("You agreed. Another approval is needed before it is sealed."),
        RequestState.SEALED: _("You agreed, and the document is sealed."),
        RequestState.REFUSED: _("You refused. Nothing was sealed."),
    }


def steps() -> dict[SealStep, tuple[str, str, str]]:
    """The button, its kind, what it does."""
    return {
        SealStep.SUSPEND: (
            pgettext("stamp", "Suspend the seal"),
            "warning",
            _("Nothing can be sealed with it until it is resumed; licences it seals wait too."),
        ),
        SealStep.RESUME: (
            pgettext("stamp", "Resume the seal"),
            "secondary",
            _("It can be used again, as before."),
        ),
        SealStep.RETIRE: (
            pgettext("stamp", "Retire the seal"),
            "warning",
            _("It can never be used again. What it sealed stays sealed."),
        ),
    }


def kinds() -> dict[str, str]:
    return {
        "licence": pgettext("stamp", "For licences"),
        "department": pgettext("stamp", "Department's seal"),
        "contract": pgettext("stamp", "For contracts"),
    }


def approval(one: SealView) -> str:
    if one.seal.standing and not one.seal.requesters:
        return _("Automatic, for what was decided; every use is written down")
    count = max(one.seal.approvals, 1)
    return ngettext("%(n)s other person must agree", "%(n)s other persons must agree", count) % {
        "n": count
    }


def offered(one: SealView, language: str) -> str:
    return f"{one.seal.text(language)} · {approval(one)}"


def card(one: SealView, language: str) -> dict[str, Any]:
    return {
        "title": one.seal.text(language),
        "url": reverse("signatures:seal", args=[one.seal.id]),
        "kind": kinds()[one.seal.kind],
        "approval": approval(one),
        "tag": seal_tag(one.state),
        "uses": ngettext("Used %(n)s time", "Used %(n)s times", one.uses) % {"n": one.uses},
    }


def columns() -> list[dict[str, str]]:
    titles = {
        "title": _("Document"),
        "seal": pgettext("stamp", "Seal"),
        "state": pgettext("stamp", "State"),
        "asker": pgettext("stamp", "Asked by"),
        "asked": pgettext("stamp", "Asked"),
    }
    return [{"key": key, "title": title} for key, title in titles.items()]


def about_seal(one: SealView) -> list[dict[str, Any]]:
    roles = {
        "official": _("Officials"),
        "supervisor": _("Supervisors"),
        "steward": _("Stewards"),
    }
    separator = _(", ")
    rows = [
        (pgettext("stamp", "Kind"), kinds()[one.seal.kind]),
        (_("Approval"), approval(one)),
        (_("Who may ask"), separator.join(roles[name] for name in one.seal.requesters)),
        (_("Who may approve"), separator.join(roles[name] for name in one.seal.approvers)),
        (_("Last change"), one.note),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def use(one: Use) -> dict[str, Any]:
    about = {
        "request": _("On request"),
        "licences.paper.make": _("A holder's copy of a licence"),
    }
    told = {
        "title": about.get(one.about, one.about),
        "kind": "good",
        "time": one.at,
        "by": one.actor_name if one.request_id else _("by the system"),
        "text": _("Fingerprint %(hash)s…") % {"hash": one.sha256[:16]},
    }
    if one.request_id:
        told |= {
            "url": reverse("signatures:request", args=[one.request_id]),
            "link": _("See the request"),
        }
    return told


def timeline(found: RequestView) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "title": pgettext("stamp", "Asked"),
            "kind": "neutral",
            "time": found.asked_at,
            "by": found.asker_name,
        }
    ]
    told += [
        {
            "title": pgettext("stamp", "Agreed") if one.agreed else pgettext("stamp", "Refused"),
            "kind": "good" if one.agreed else "bad",
            "time": one.at,
            "by": one.by,
            "text": one.note,
        }
        for one in found.answers
    ]
    return list(reversed(told))


def needed(found: RequestView) -> str:
    """How many must still agree, or until when the seal's time can be proved."""
    if found.state == RequestState.WAITING:
        left = max(found.seal.approvals, 1) - sum(one.agreed for one in found.answers)
        return ngettext("%(n)s more person must agree.", "%(n)s more persons must agree.", left) % {
            "n": left
        }
    if found.lasts_until is None:
        return ""
    until = formats.date_format(clock.local(found.lasts_until), "DATE_FORMAT")
    return _("The time is provable until %(day)s; it is renewed before.") % {"day": until}
