"""Licences as the pages show them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Change, Dossier, Licence, Look, Row
from pengcheng.domains.licences.web import words


def row(one: Row, language: str, to: str) -> dict[str, Any]:
    """A licence in a list; ``to`` names the page that it leads to."""
    return {
        "id": one.id,
        "url": reverse(to, args=[one.id]),
        "name": one.name.text(language),
        "number": one.number,
        "holder": one.holder.name,
        "issuer": one.issuer.text(language),
        "state": words.state_tag(one.state),
        "validity": words.validity(one.valid_from, one.valid_until),
        "left": words.time_left(one.state, one.valid_until),
        "tone": api.get_type(type=one.type).tone,
        "holds": one.state == "valid",
        "issued_at": one.issued_at,
    }


def card(licence: Licence, language: str) -> dict[str, Any]:
    """The face of a licence."""
    kind = api.get_type(type=licence.type)
    lines = api.shown_values(licence=licence, language=language)
    return {
        "id": licence.id,
        "name": licence.name.text(language),
        "authority": kind.authority.text(language),
        "issuer": licence.issuer.text(language),
        "number": licence.number,
        "state": words.state_tag(licence.state),
        "validity": words.validity(licence.valid_from, licence.valid_until),
        "left": words.time_left(licence.state, licence.valid_until),
        "tone": kind.tone,
        "holds": licence.state == "valid",
        "front": [{"key": key, "value": value} for key, value, face in lines if face],
        "all": [{"key": key, "value": value} for key, value, _ in lines],
        "issued_at": licence.issued_at,
        "legal_basis": kind.legal_basis,
        "provisional": kind.provisional,
    }


def timeline(found: Dossier, *, inside: bool) -> list[dict[str, Any]]:
    """The history, newest first; the holder is told the office, not the person."""
    return [_change(one, inside=inside) for one in reversed(found.changes)]


def _change(one: Change, *, inside: bool) -> dict[str, Any]:
    by = one.office or (_("by the system") if one.actor_kind == "system" else "")
    if inside and one.actor_kind != "system":
        by = " · ".join(filter(None, (one.office, one.actor_id)))
    text = one.reason
    if one.legal_basis:
        text = f"{text}\n{_('Legal basis')}: {one.legal_basis}"
    return {
        "title": words.step_words()[one.step],
        "kind": words.STEP_KINDS[one.step],
        "time": one.at,
        "by": by,
        "text": text,
    }


def records(found: Dossier) -> list[dict[str, Any]]:
    """Where the log proves when each step was on record, newest first."""
    proof = reverse("ledger:proof")
    return [
        {"title": words.step_words()[one.step], "url": f"{proof}?digest={one.hash}"}
        for one in reversed(found.changes)
    ]


def looks(found: tuple[Look, ...]) -> list[dict[str, Any]]:
    """Who looked, as the holder is told."""
    who = {"official": _("an official"), "system": _("a service of the city")}
    return [
        {"at": one.at, "who": who.get(one.actor_kind, _("someone")), "purpose": purpose(one)}
        for one in found
    ]


def purpose(one: Look) -> str:
    told = {
        "service.handling": _("handling a matter"),
        "licence.supervision": _("supervising licences"),
        "system.operation": _("running a service you asked for"),
    }
    return told.get(one.purpose, one.purpose)
