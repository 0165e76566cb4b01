"""Verdicts in people's words, codes as pictures."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.citizencode import api
from pengcheng.domains.citizencode.contracts import Verification
from pengcheng.kernel.context import Context


def asker(request: HttpRequest, purpose: str = "service.own-matter") -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose(purpose)


def drawn(text: str) -> SafeString:
    """The code as inline SVG, without style attributes."""
    picture = segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, omitsize=True, svgclass="cc-qr__svg", lineclass="cc-qr__line"
    )
    return mark_safe(picture)  # noqa: S308  (drawn by us from our own text)


def verdicts() -> dict[str, tuple[str, str]]:
    """What was found, and what to do next."""
    again = _("Ask the person to show a fresh code.")
    no = pgettext("citizen code", "Do not accept it.")
    return {
        "valid": (_("The code is right"), ""),
        "malformed": (_("This is not a citizen code"), _("Scan it again, or enter all of it.")),
        "unknown_key": (_("No key of this city signed this"), no),
        "forged": (_("The signature does not fit: it was made or changed by others"),
                   no),
        "expired": (_("The code is too old"), again),
        "future": (_("The code is from the future: a clock is wrong"),
                   _("Check the clock of this device, then ask for a fresh code.")),
        "replayed": (_("This code was shown before"), again),
        "wrong_scene": (_("The code was made for another kind of place"), again),
        "not_bound": (_("The person has not joined a card for this use"),
                      _("They can do so under Citizen code, Uses.")),
        "revoked": (_("The code was revoked"), _("Do not accept it; ask for another proof.")),
        "paper_refused": (_("A printed code is not enough here"), again),
    }  # fmt: skip


def found(told: Verification, language: str) -> dict[str, Any]:
    title, step = verdicts()[told.verdict]
    scenes = {one.id: one.text(language) for one in api.scenes()}
    paper = told.trust == "paper"
    rows = [
        (_("Place"), scenes.get(told.scene, "")),
        (pgettext("citizen code", "Kind"), _("Printed, lower trust") if paper else _("On a phone")),
        (pgettext("citizen code", "Name"), told.name),
        (_("Card"), told.card),
        (_("Pseudonym at this place"), told.pseudonym),
    ]
    return {
        "told": told,
        "title": title,
        "step": step,
        "kind": "success" if told.valid else "error",
        "rows": [{"key": key, "value": value} for key, value in rows if value and told.valid],
    }
