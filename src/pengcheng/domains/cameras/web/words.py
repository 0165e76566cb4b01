"""The values of cameras in words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import pgettext

from pengcheng.domains.cameras.contracts import Source


def state(name: str) -> dict[str, str]:
    return {
        "online": {"text": pgettext("camera", "Online"), "kind": "good"},
        "offline": {"text": pgettext("camera", "Offline"), "kind": "bad"},
        "gone": {"text": pgettext("camera", "No longer in a catalogue"), "kind": "neutral"},
    }[name]


def standing(source: Source) -> dict[str, str]:
    """How it stands with whoever registers."""
    if source.ended_at is not None:
        return {"text": pgettext("camera", "Ended"), "kind": "neutral"}
    if source.registered_at is None:
        return {"text": pgettext("camera", "Not registered yet"), "kind": "neutral"}
    return state("online" if source.online else "offline")


def priority(degree: int) -> dict[str, str]:
    return {
        1: {"text": pgettext("alarm", "First degree"), "kind": "bad"},
        2: {"text": pgettext("alarm", "Second degree"), "kind": "warn"},
        3: {"text": pgettext("alarm", "Third degree"), "kind": "info"},
    }.get(degree, {"text": pgettext("alarm", "Fourth degree"), "kind": "neutral"})


def placed_by(how: str) -> str:
    return {
        "catalogue": pgettext("camera", "as the catalogue says"),
        "report": pgettext("camera", "as it reported itself"),
    }.get(how, "")
