"""The values of poles in words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import pgettext

from pengcheng.domains.poles import contracts


def kind(name: str) -> str:
    return {
        "lamp": pgettext("mount", "Lamp"),
        "camera": pgettext("mount", "Camera"),
        "cell": pgettext("mount", "Mobile network cell"),
        "environment": pgettext("mount", "Environment sensor"),
        "display": pgettext("mount", "Display"),
        "charger": pgettext("mount", "Charger"),
        "broadcast": pgettext("mount", "Loudspeaker"),
        "sos": pgettext("mount", "Emergency call"),
        "other": pgettext("mount", "Other"),
    }.get(name, name)


def state(name: str) -> dict[str, str]:
    return {
        "planned": {"text": pgettext("pole", "Planned"), "kind": "info"},
        "standing": {"text": pgettext("pole", "Standing"), "kind": "good"},
        "removed": {"text": pgettext("pole", "Removed"), "kind": "neutral"},
    }[name]


def published(pole: contracts.Pole) -> dict[str, str]:
    """How far the context broker knows of it."""
    if pole.published >= pole.version:
        return {"text": pgettext("pole", "Published"), "kind": "good"}
    if pole.refusal:
        return {"text": pgettext("pole", "Refused by the broker"), "kind": "bad"}
    return {"text": pgettext("pole", "Waits to be published"), "kind": "info"}


def fault_state(name: str) -> dict[str, str]:
    return {
        "opened": {"text": pgettext("fault", "Open"), "kind": "bad"},
        "acknowledged": {"text": pgettext("fault", "Taken up"), "kind": "warn"},
        "repaired": {"text": pgettext("fault", "Repaired"), "kind": "good"},
    }[name]


def severity(name: str) -> str:
    return {
        "minor": pgettext("fault", "Minor"),
        "moderate": pgettext("fault", "Moderate"),
        "severe": pgettext("fault", "Severe"),
    }[name]


def road_class(name: str) -> str:
    return {
        "motorway": pgettext("road", "Motorway"),
        "trunk": pgettext("road", "Trunk road"),
        "primary": pgettext("road", "Primary road"),
        "secondary": pgettext("road", "Secondary road"),
        "tertiary": pgettext("road", "Tertiary road"),
        "unclassified": pgettext("road", "Minor road"),
        "residential": pgettext("road", "Residential road"),
        "living_street": pgettext("road", "Living street"),
        "service": pgettext("road", "Service road"),
        "other": pgettext("road", "Other"),
    }.get(name, name)


def area(name: str) -> str:
    known = {"futian": pgettext("area", "Futian"), "nanshan": pgettext("area", "Part of Nanshan")}
    return known.get(name, name)
