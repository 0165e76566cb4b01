"""The values of devices in words, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pengcheng.domains.devices import contracts


def english() -> bool:
    return (get_language() or "").startswith("en")


def named(thing: contracts.Profile | contracts.Measure) -> str:
    """The name of a thing that carries both; a measure without one is called by its key."""
    found = thing.en if english() else thing.zh
    return found or (thing.key if isinstance(thing, contracts.Measure) else thing.id)


def health(name: str) -> str:
    return {
        "new": pgettext("device", "Never heard"),
        "well": pgettext("device", "Well"),
        "late": pgettext("device", "Late"),
        "flapping": pgettext("device", "Comes and goes"),
        "stuck": pgettext("device", "Value stands still"),
        "out_of_range": pgettext("device", "Out of range"),
        "skewed": pgettext("device", "Clock is wrong"),
    }[name]


def health_kind(name: str) -> str:
    return {"well": "good", "new": "neutral", "late": "bad", "skewed": "warn"}.get(name, "warn")


def state(name: str) -> str:
    return {
        "queued": pgettext("command", "Waiting"),
        "sent": pgettext("command", "Sent"),
        "acknowledged": pgettext("command", "Received"),
        "done": pgettext("command", "Done"),
        "failed": pgettext("command", "Failed"),
        "expired": pgettext("command", "Too late"),
    }[name]


def state_kind(name: str) -> str:
    return {"done": "good", "failed": "bad", "expired": "bad"}.get(name, "neutral")


def flaw(code: str) -> str:
    return {
        "unknown": _("not in the profile"),
        "not_a_value": _("not a value"),
        "below": _("below the range"),
        "above": _("above the range"),
        "unreadable": _("the message could not be read"),
    }.get(code, code)


def door(name: str) -> str:
    return {"mqtt": "MQTT", "http": "HTTP", "replay": _("Replay of a data set")}.get(name, "–")


def value(given: Any) -> str:
    """A value as it is read: no more digits than it has."""
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    return f"{given:.10g}" if isinstance(given, float) else str(given)


def bytes_(size: int) -> str:
    """A size as it is read."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.1f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def package(name: str) -> str:
    return {
        "uploaded": pgettext("firmware", "Waits for release"),
        "released": pgettext("firmware", "Released"),
        "withdrawn": pgettext("firmware", "Out of use"),
    }[name]


def package_kind(name: str) -> str:
    return {"released": "good", "uploaded": "warn"}.get(name, "neutral")


def rollout(name: str) -> str:
    return {
        "running": pgettext("rollout", "Under way"),
        "paused": pgettext("rollout", "Paused"),
        "stopped": pgettext("rollout", "Stopped by itself"),
        "done": pgettext("rollout", "Done"),
        "cancelled": pgettext("rollout", "Cancelled"),
        "returning": pgettext("rollout", "Being taken back"),
        "returned": pgettext("rollout", "Taken back"),
    }[name]


def rollout_kind(name: str) -> str:
    return {"done": "good", "stopped": "bad", "paused": "warn"}.get(name, "neutral")


def update(name: str, *, back: bool = False) -> str:
    if back and name == "updated":
        return pgettext("firmware", "Runs the earlier one again")
    return {
        "queued": pgettext("firmware", "Chosen"),
        "downloading": pgettext("firmware", "Downloading"),
        "downloaded": pgettext("firmware", "Downloaded"),
        "verified": pgettext("firmware", "Checked"),
        "updating": pgettext("firmware", "Installing"),
        "updated": pgettext("firmware", "Updated"),
        "failed": pgettext("firmware", "Failed"),
        "left": pgettext("firmware", "Left as it is"),
    }[name]


def update_kind(name: str) -> str:
    return {"updated": "good", "failed": "bad"}.get(name, "neutral")
