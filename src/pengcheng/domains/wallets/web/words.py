"""Wallets and verifiers in words and pictures."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.wallets.contracts import Result
from pengcheng.kernel import clock


def base() -> str:
    return str(settings.PENGCHENG_PUBLIC_URL).rstrip("/")


def drawn(text: str) -> str:
    """The text as a QR code in SVG, black on white whatever the page's colours."""
    code = segno.make(text, error="l", micro=False)
    colours = {"dark": "#000", "light": "#fff"}
    svg = code.svg_inline(scale=6, border=4, svgclass="wa-qr", omitsize=True, **colours)
    return mark_safe(svg)  # noqa: S308 — drawn by us; the text is only in its geometry


def form(name: str) -> str:
    return {"dc+sd-jwt": "SD-JWT VC", "mso_mdoc": "mdoc (ISO/IEC 18013-5)"}.get(name, name)


def outcome(event: str) -> str:
    return {
        "credential_accepted": _("kept by the wallet"),
        "credential_failure": _("the wallet could not keep it"),
    }.get(event, _("fetched"))


def result(found: Result, language: str) -> dict[str, Any]:
    """What came of a question, in plain words."""
    title, text = _verdict(found)
    return {
        "met": found.met,
        "kind": "success" if found.met else "error",
        "title": title,
        "text": text,
        "rows": _rows(found, language),
    }


def _verdict(found: Result) -> tuple[str, str]:
    if found.met and found.territory:
        return _("Yes"), _(
            "A document of another city says so, shown by its holder just now. Its issuer stands"
            " on a trusted list that this city has taken over. Whether the issuer has taken the"
            " document back since was not asked."
        )
    if found.code.startswith("foreign_"):
        return _("Not believed"), _abroad(found)
    if found.met:
        return _("Yes"), _("A valid licence of this city says so, shown by its holder just now.")
    told = {
        "declined": (_("Nothing was shown"), _("The holder declined. You learn no more.")),
        "no": (_("No"), _("The licence is valid, and what stands on it says no.")),
        "incomplete": (_("Not answered"), _("The holder did not show all that you asked for.")),
        "revoked": (_("Not valid"), _("The licence was revoked.")),
        "suspended": (_("Not valid"), _("The licence is suspended at present.")),
        "expired": (_("Not valid"), _("The licence or its copy has expired.")),
        "replaced": (_("Not valid"), _("A newer licence has taken its place.")),
        "not_yet": (_("Not valid"), _("The licence does not hold yet.")),
        "early": (_("Not valid"), _("The licence does not hold yet.")),
    }
    forged = (
        _("Not believed"),
        _("What was shown does not come from a trusted authority, was altered, or belongs to"
          " somebody else. Do not rely on it."),
    )  # fmt: skip
    return told.get(found.code, forged)


def _abroad(found: Result) -> str:
    """Why the document of another city's authority is refused."""
    told = {
        "no_list": _("This city has taken over no trusted list, so it knows no foreign issuer."),
        "unknown": _("Its issuer stands on no trusted list of this city."),
        "kind": _(
            "Its issuer stands on a trusted list, and not as one who issues documents of this kind."
        ),
        "withdrawn": _("The trusted list says that its issuer is trusted no more."),
        "not_yet": _("The trusted list says that its issuer is not trusted yet."),
        "list_expired": _("The trusted list with its issuer has run out and was not renewed."),
        "certificate_expired": _("A certificate of its issuer has run out."),
    }
    unreadable = _("The certificates of its issuer cannot be read or are for something else.")
    return told.get(found.code.removeprefix("foreign_"), unreadable)


def _rows(found: Result, language: str) -> list[dict[str, str]]:
    rows = [
        {"key": line.label.text(language), "value": line.value.text(language)}
        for line in found.lines
    ]
    if found.name is not None:
        rows.append({"key": pgettext("credential", "Licence"), "value": found.name.text(language)})
    if found.issuer is not None:
        rows.append({"key": _("Issued by"), "value": found.issuer.text(language)})
    if found.form:
        rows.append({"key": pgettext("credential", "Form"), "value": form(found.form)})
    if found.territory:
        rows += [
            {"key": _("Trusted list"), "value": f"{found.scheme} ({found.territory})"},
            {"key": pgettext("trusted list", "Authority"), "value": found.provider},
        ]
    if found.territory and found.since:
        day = date_format(clock.local(found.since), "DATE_FORMAT")
        rows.append({"key": pgettext("trusted list", "Status since"), "value": day})
    return rows
