"""Purposes, grounds and looks in people's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import Choice, Consent, Look, Purpose, Standing, Step
from pengcheng.kernel.context import Context
from pengcheng.kernel.registry import manifests

KINDS = {
    Standing.HOLDS: "good",
    Standing.CHANGED: "warn",
    Standing.EXPIRED: "neutral",
    Standing.WITHDRAWN: "neutral",
    Standing.NONE: "neutral",
}


def asker(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("service.own-matter")


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def grounds() -> dict[str, str]:
    return {
        "consent": pgettext("ground", "Your consent"),
        "duty": pgettext("ground", "A duty by law"),
        "contract": pgettext("ground", "Your own request"),
        "vital": pgettext("ground", "Danger to life or health"),
        "": pgettext("ground", "No ground on record"),
    }


def grounds_at_the_desk() -> dict[str, str]:
    return {
        "consent": pgettext("ground, for officials", "Consent"),
        "duty": pgettext("ground, for officials", "Statutory duty"),
        "contract": pgettext("ground, for officials", "Request of the person"),
        "vital": pgettext("ground, for officials", "Vital interest"),
    }


def standings() -> dict[Standing, str]:
    return {
        Standing.HOLDS: pgettext("consent", "You agree"),
        Standing.CHANGED: pgettext("consent", "Has changed: please decide again"),
        Standing.EXPIRED: pgettext("consent", "Expired"),
        Standing.WITHDRAWN: pgettext("consent", "Taken back"),
        Standing.NONE: pgettext("consent", "You do not agree"),
    }


def tag(standing: Standing) -> dict[str, str]:
    return {"text": standings()[standing], "kind": KINDS[standing]}


def data(ids: Iterable[str], language: str) -> list[dict[str, Any]]:
    """Kinds of data by name, the sensitive ones marked."""
    found = [api.item(item_id=one) for one in ids]
    return [{"id": one.id, "text": one.text(language), "special": one.special} for one in found]


def receivers(ids: Iterable[str], language: str) -> list[dict[str, str]]:
    """Parts of the city by their titles; other applications by their own name."""
    named = {one.id: one.en if language.startswith("en") else one.zh for one in manifests()}
    return [{"id": one, "text": named.get(one, one)} for one in ids]


def choice(one: Choice, language: str) -> dict[str, Any]:
    return {
        "purpose": one.purpose,
        "title": one.purpose.text(language),
        "controller": one.purpose.controller(language),
        "stops": one.purpose.stops(language),
        "data": data(one.purpose.items, language),
        "receivers": receivers(one.purpose.recipients, language),
        "tag": tag(one.standing),
        "stands": one.standing in {Standing.HOLDS, Standing.CHANGED},
        "holds": one.standing is Standing.HOLDS,
        "consent": consent(one.consent, language) if one.consent else None,
    }


def consent(one: Consent, language: str) -> dict[str, Any]:
    purpose = next((each for each in api.purposes() if each.id == one.purpose), None)
    return {
        "consent": one,
        "title": purpose.text(language) if purpose else one.purpose,
        "stops": purpose.stops(language) if purpose else "",
        "tag": tag(one.standing),
        "data": data(one.items, language),
        "receivers": receivers(one.recipients, language),
        "open": one.state == "given",
        "history": [_step(each, one, language) for each in one.history],
    }


def _step(step: Step, one: Consent, language: str) -> dict[str, Any]:
    words = {
        "given": pgettext("consent", "Agreed"),
        "narrowed": pgettext("consent", "A part taken back"),
        "withdrawn": pgettext("consent", "Taken back as a whole"),
    }
    parts = data([each for each in step.removed if ":" in each], language)
    others = receivers([each for each in step.removed if ":" not in each], language)
    by = _("You yourself") if step.actor == one.subject else _("Your guardian or the city")
    return {
        "title": words.get(step.kind, step.kind),
        "time": step.at,
        "by": by,
        "text": pgettext("list", ", ").join(each["text"] for each in [*parts, *others]),
    }


def look(one: Look, language: str) -> dict[str, Any]:
    english = language.startswith("en")
    return {
        "look": one,
        "who": one.who_en if english else one.who_zh,
        "purpose": one.purpose_en if english else one.purpose_zh,
        "ground": grounds()[one.ground],
        "article": one.article_en if english else one.article_zh,
        "what": one.what_en if english else one.what_zh,
        "data": pgettext("list", ", ").join(each["text"] for each in data(one.items, language)),
    }


def purpose_title(purpose: Purpose, language: str) -> str:
    return purpose.text(language)
