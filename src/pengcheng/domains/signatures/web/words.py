"""Findings in people's words: each says what holds or not, and why."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.signatures.contracts import Checked, Point, Signed, Told

KINDS = {"holds": "success", "unknown": "warning", "broken": "error"}
TAGS = {"holds": "good", "unknown": "warn", "broken": "bad"}


def told(found: Checked) -> dict[str, Any]:
    title, step = _verdicts()[found.verdict]
    if found.verdict == "unreadable":
        step = _unreadable(found.points[0].detail)
    return {
        "title": title,
        "step": step,
        "kind": KINDS.get(found.verdict, "info" if found.verdict == "unsigned" else "error"),
        "signed": [_signature(one) for one in found.signed],
        "about": _about(found),
    }


def said(text: Told) -> dict[str, Any]:
    rows = [{"key": key, "value": value} for key, value in text.rows]
    return {"title": text.title, "step": text.text, "kind": text.kind, "rows": rows}


def _about(found: Checked) -> list[dict[str, str]]:
    kinds = {
        "pdf": "PDF",
        "ofd": "OFD",
        "xml": "XML",
        "json": "JSON",
        "cms": _("Signature in a file of its own (CMS)"),
        "text": _("Text"),
    }
    return [
        {"key": pgettext("file", "Kind"), "value": kinds.get(found.kind, "–")},
        {"key": pgettext("file", "Size"), "value": filesizeformat(found.size)},
        {"key": _("Fingerprint (SHA-256)"), "value": found.sha256},
    ]


def _verdicts() -> dict[str, tuple[str, str]]:
    return {
        "holds": (
            _("Everything that was checked holds"),
            _("Unchanged since it was signed, by somebody whom this city knows."),
        ),
        "unknown": (
            _("Unchanged, but signed by somebody whom this city does not know"),
            _("Find out by another way whether the signer is who the file says."),
        ),
        "broken": (
            _("Do not rely on this file"),
            _("At least one signature does not hold; the reasons stand below."),
        ),
        "unsigned": (
            _("The file is not signed"),
            _("It says nothing about who made it, or whether it was changed."),
        ),
        "unreadable": (_("The file cannot be checked"), ""),
    }


def _unreadable(code: str) -> str:
    words = {
        "not_readable": _("It is damaged, or is not what it seems to be."),
        "encrypted": _("It is locked with a password. Save it without one and try again."),
        "too_many": _("It has more signatures than any honest file."),
        "too_large": _("It is larger than 20 MB."),
        "bomb": _("It unpacks to far more than it is: such files are made to do harm."),
        "traversal": _("It names places outside itself: such files are made to do harm."),
        "entities": _("It defines entities or points outside: such files are made to do harm."),
        "needs_original": _("Choose also the document that the signature belongs to."),
        "twice": _("It has two files of one name: which one is meant cannot be told."),
        "empty": _("It is empty."),
    }
    return words.get(code, _("It is of a kind that this page does not know."))


def _signature(one: Signed) -> dict[str, Any]:
    rows = [
        (_("Signed by"), one.signer or _("not told")),
        (_("Vouched for by"), one.issuer if one.issuer != one.signer else ""),
    ]
    listed = one.listed
    if listed is not None:
        rows += [
            (_("Trusted list"), f"{listed.scheme} ({listed.territory})"),
            (pgettext("trusted list", "Authority"), listed.provider),
        ]
    moments = [
        (pgettext("trusted list", "Status since"), listed.since if listed else None),
        (_("Proved time"), one.proved_at),
        (_("Time that the signer claims"), None if one.proved_at else one.claimed_at),
    ]
    return {
        "form": _forms()[one.form],
        "tag": {"text": _tags()[one.verdict], "kind": TAGS.get(one.verdict, "bad")},
        "rows": [{"key": key, "value": value} for key, value in rows if value],
        "moments": [{"key": key, "moment": moment} for key, moment in moments if moment],
        "points": [_point(point) for point in one.points],
    }


def _tags() -> dict[str, str]:
    return {
        "holds": pgettext("signature", "Holds"),
        "unknown": pgettext("signature", "Signer not known here"),
        "broken": pgettext("signature", "Does not hold"),
    }


def _forms() -> dict[str, str]:
    return {
        "pades": _("Signature or seal"),
        "stamp": _("Time stamp over the document"),
        "ofd": _("Electronic seal"),
        "xades": _("Signature on data"),
        "jades": _("Signature on data"),
        "cms": _("Signature in a file of its own (CMS)"),
        "token": pgettext("signature", "Time stamp"),
        "text": _("Signed text"),
    }


def _point(point: Point) -> dict[str, Any]:
    words = _points()
    text = words.get((point.code, point.good, point.detail)) or words[(point.code, point.good, "")]
    kind = {True: "good", False: "bad", None: "info"}[point.good]
    label = {
        True: pgettext("signature", "Holds"),
        False: pgettext("signature", "Does not hold"),
        None: _("Note"),
    }[point.good]
    return {"text": text, "kind": kind, "label": label}


Words = dict[tuple[str, bool | None, str], str]


def _points() -> Words:
    """(what, whether it holds, which reason): in words."""
    return _content_points() | _signer_points() | _time_points() | _seal_points()


def _content_points() -> Words:
    return {
        ("intact", True, ""): _("What was signed is unchanged, to the last byte."),
        ("intact", False, ""): _(
            "What was signed was changed afterwards, or the signature is not genuine."
        ),
        ("intact", False, "algorithm"): _(
            "It was made by a method that this page does not know, so it cannot be checked here."
        ),
        ("intact", False, "structure"): _("The signature itself is damaged."),
        ("changed", True, ""): _("Nothing was added after it."),
        ("changed", True, "lasting"): _(
            "Only what keeps the signature checkable was added after it (time stamps, "
            "certificates)."
        ),
        ("changed", True, "more"): _(
            "Only further signatures or form entries were added after it, which it permits."
        ),
        ("changed", False, ""): _(
            "Something was added or changed in the file after it was signed."
        ),
        ("changed", False, "part"): _(
            "Only a part of the file is signed; the rest may be anybody's."
        ),
        ("imprint", True, ""): _("It is over the document that you chose."),
        ("imprint", False, ""): _("It is over another document than the one that you chose."),
        ("imprint", None, ""): _(
            "It is over a hash alone: choose the document too, to see whether it fits."
        ),
    }


def _signer_points() -> Words:
    return {
        ("trusted", True, ""): _("The certificate leads to an authority that this city trusts."),
        ("trusted", True, "listed"): _(
            "The certificate leads to an authority of another city, on a trusted list that this "
            "city has taken over."
        ),
        ("trusted", False, "withdrawn"): _(
            "The certificate leads to an authority that was trusted once: its list has withdrawn "
            "it, since the day below."
        ),
        ("trusted", False, "kind"): _(
            "The certificate leads to an authority on a trusted list, but not as one that vouches "
            "for signatures."
        ),
        ("trusted", False, "not_yet"): _(
            "The certificate leads to an authority that its trusted list does not trust yet."
        ),
        ("trusted", False, "list_expired"): _(
            "The certificate leads to an authority on a trusted list that has run out and was not "
            "renewed."
        ),
        ("trusted", False, ""): _(
            "The certificate leads to no authority that this city knows. That says nothing bad "
            "of it: check the signer in another way."
        ),
        ("revoked", True, ""): _("The certificate has not been taken back."),
        ("revoked", False, ""): _(
            "The certificate was taken back: its key was lost to somebody else."
        ),
        ("valid", True, ""): _("The certificate was valid at the proved time."),
        ("valid", True, "now"): _("The certificate is valid today."),
        ("valid", False, ""): _("The certificate had run out."),
        ("valid", False, "early"): _("The certificate was not valid yet."),
    }


def _time_points() -> Words:
    return {
        ("time", True, ""): _(
            "The time is proved by a time stamp authority that this city trusts."
        ),
        ("time", None, "claimed"): _(
            "No time stamp: the time is only what the signer's clock said."
        ),
        ("time", None, "unknown"): _(
            "The time stamp is by an authority that this city does not know."
        ),
        ("time", False, ""): _("The time stamp does not fit the signature."),
    }


def _seal_points() -> Words:
    return {
        ("seal", True, ""): _("The seal is as its maker made it."),
        ("seal", False, ""): _("The seal was changed, or is not by the maker that it names."),
        ("seal_user", True, ""): _("Whoever sealed may use this seal."),
        ("seal_user", False, ""): _("Whoever sealed may not use this seal."),
        ("seal_valid", True, ""): _("The seal was valid when it was used."),
        ("seal_valid", False, ""): _("The seal was not valid when it was used."),
    }
