"""The values of rules in words, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.streams import contracts
from pengcheng.kit.pages.moments import lasting


def both(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") else zh


def named(rule: contracts.Rule) -> str:
    return both(rule.zh, rule.en)


def kind(name: str) -> str:
    return {
        "each": _("Each reading"),
        "rate": _("Rate of change"),
        "count": _("The last so many readings"),
        "tumbling": _("Windows by the clock"),
        "sliding": _("Sliding window"),
        "session": _("Session, ended by silence"),
        "absence": _("Something does not come"),
        "sequence": _("One thing after another"),
        "learned": _("Learned limits"),
    }[name]


def attribute(name: str) -> str:
    known = sensing.attributes().get(name)
    return both(known.zh, known.en) if known else name


def severity(name: str) -> str:
    return {
        "minor": pgettext("severity", "Minor"),
        "moderate": pgettext("severity", "Moderate"),
        "severe": pgettext("severity", "Severe"),
        "extreme": pgettext("severity", "Extreme"),
    }[name]


def verdict(name: str) -> dict[str, str]:
    return {
        "fired": {"text": pgettext("rule", "Fired"), "kind": "warn"},
        "corrected": {"text": _("Fired after a late reading"), "kind": "warn"},
        "retracted": {"text": _("Taken back after a late reading"), "kind": "neutral"},
    }[name]


def active(rule: contracts.Rule) -> dict[str, str]:
    if rule.active:
        return {"text": pgettext("rule", "On"), "kind": "good"}
    return {"text": pgettext("rule", "Off"), "kind": "neutral"}


def readings(count: int) -> str:
    return ngettext("%(count)d reading", "%(count)d readings", count) % {"count": count}


def seconds(count: int) -> str:
    return lasting(count) if count else "–"


def learned(baseline: contracts.Baseline) -> list[Any]:
    return [
        f"{baseline.asked_rate:.2%}",
        f"{baseline.measured_rate:.2%}",
        f"{baseline.learned_from:,}",
        f"{baseline.judged_on:,}",
        {"moment": baseline.ends},
    ]
