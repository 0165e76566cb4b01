"""Command's values in words, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pengcheng.domains.command import contracts
from pengcheng.domains.sensing import api as sensing
from pengcheng.kit.pages import moments

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
LEVEL_KINDS = {1: "bad", 2: "bad", 3: "warn", 4: "neutral"}
STATE_KINDS = {
    "open": "bad",
    "acknowledged": "waiting",
    "assigned": "active",
    "in_progress": "active",
    "resolved": "good",
    "closed": "done",
}


def english() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")


def both(zh: str, en: str) -> str:
    """The text in the reader's language."""
    return en if english() else zh


def title(incident: contracts.Incident) -> str:
    """What happened, in one line."""
    return both(incident.zh, incident.en)


def district(incident: contracts.Incident) -> str:
    """Where it happened."""
    return both(incident.district_zh, incident.district_en)


def level(number: int) -> str:
    """The grade with its roman number."""
    return pgettext("incident", "Level %(roman)s") % {"roman": ROMAN[number]}


def state(name: str) -> str:
    """A state in words."""
    words = {
        "open": pgettext("incident", "Open"),
        "acknowledged": pgettext("incident", "Acknowledged"),
        "assigned": pgettext("incident", "Assigned"),
        "in_progress": pgettext("incident", "In progress"),
        "resolved": pgettext("incident", "Resolved"),
        "closed": pgettext("incident", "Closed"),
    }
    return words.get(name, name)


def step(name: str) -> str:
    """A step as a button says it."""
    words = {
        "acknowledge": pgettext("incident", "Acknowledge"),
        "assign": pgettext("incident", "Assign"),
        "start": pgettext("incident", "Begin work"),
        "resolve": pgettext("incident", "Mark as resolved"),
        "close": pgettext("incident", "Close the incident"),
        "reopen": pgettext("incident", "Reopen"),
        "dismiss": pgettext("incident", "Close as a false alarm"),
    }
    return words.get(name, name)


def action(name: str) -> str:
    """A journal line's heading."""
    words = {
        "raise": _("Raised by a crossed limit"),
        "append": _("The limit was crossed again"),
        "cleared": _("The readings are within the limit again"),
        "acknowledge": pgettext("incident journal", "Acknowledged"),
        "assign": pgettext("incident journal", "Assigned to a unit"),
        "start": pgettext("incident journal", "Work begun"),
        "resolve": pgettext("incident journal", "Resolved"),
        "close": pgettext("incident journal", "Closed"),
        "reopen": pgettext("incident journal", "Reopened"),
        "dismiss": pgettext("incident journal", "Closed as a false alarm"),
    }
    return words.get(name, name)


def outcome(name: str) -> str:
    """How it ended."""
    return {"handled": _("handled"), "false_alarm": _("false alarm")}.get(name, "–")


def provenance(name: str) -> str:
    """How a reading came to be."""
    words = {
        "measured": _("measured"),
        "replayed": _("replayed"),
        "generated": _("generated, not measured"),
    }
    return words.get(name, name)


def moment(at: datetime) -> str:
    """A moment of the city, to the minute."""
    return moments.terse(at)


def observed(at: datetime, how: str) -> str:
    """When it was observed and how it came, e.g. "observed 2022-07-02 14:00, replayed"."""
    return _("observed %(moment)s, %(how)s") % {"moment": moment(at), "how": provenance(how)}


def attribute(name: str) -> str:
    """What was observed."""
    known = sensing.attributes().get(name)
    return both(known.zh, known.en) if known else _of_device(name)


def _of_device(name: str) -> str:
    """What is the matter with a device itself."""
    return {
        "deviceSilence": _("Silent for (s)"),
        "deviceFlapping": _("Connections in ten minutes"),
        "deviceStuck": _("Without any change for (s)"),
        "deviceOutOfRange": _("Refused reading"),
    }.get(name, name)


def measured(name: str, value: float) -> str:
    """The number with its unit."""
    if name == "rainIntensity":
        return rain(value)
    known = sensing.attributes().get(name)
    if known is None:
        return f"{value:g}"
    return f"{value:.{known.decimals}f} {known.unit}".rstrip()


def rain(intensity: float) -> str:
    """The class of rain in words."""
    names = (
        pgettext("rain", "none"),
        pgettext("rain", "light"),
        pgettext("rain", "moderate"),
        pgettext("rain", "heavy"),
    )
    return names[max(0, min(3, round(intensity)))]


def span(seconds: float | None) -> str:
    """A length of time."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min") % {"count": seconds // 60}
    return _("%(count)d h") % {"count": seconds // 3600}


def state_tag(incident: contracts.Incident) -> dict[str, Any]:
    """The state as a table cell."""
    return {"text": state(incident.state), "kind": STATE_KINDS[incident.state]}


def level_tag(incident: contracts.Incident) -> dict[str, Any]:
    """The level as a table cell."""
    return {"text": level(incident.level), "kind": LEVEL_KINDS[incident.level]}
