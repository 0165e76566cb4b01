"""Sensing's values in words, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pengcheng.domains.sensing import api, contracts
from pengcheng.kit.pages import moments


def english() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")


def named(thing: contracts.Entity | contracts.Limit | contracts.Attribute) -> str:
    """The name of a thing that carries both."""
    return thing.en if english() else thing.zh


def kind(type: str) -> str:
    """The kind of an entity in words; a type that we have no word for stays as it is."""
    return {
        "EVChargingStation": _("Charging station"),
        "WeatherObserved": _("Weather station"),
        "TropicalCyclone": _("Tropical cyclone"),
    }.get(type, type)


def value(observation: contracts.Observation) -> str:
    """The number with its unit, as many decimals as the attribute has."""
    attribute = api.attributes()[observation.attribute]
    if observation.attribute == "rainIntensity":
        return rain(observation.value)
    return f"{observation.value:.{attribute.decimals}f} {attribute.unit}".rstrip()


def rain(intensity: float) -> str:
    """The class of rain in words."""
    names = (
        pgettext("rain", "none"),
        pgettext("rain", "light"),
        pgettext("rain", "moderate"),
        pgettext("rain", "heavy"),
    )
    return names[max(0, min(3, round(intensity)))]


def provenance(name: contracts.Provenance) -> str:
    """How a reading came to be."""
    return {
        "measured": _("measured"),
        "replayed": _("replayed"),
        "generated": _("generated, not measured"),
    }[name]


def observed(observation: contracts.Observation) -> str:
    """When it was observed and how it came, e.g. "observed 2022-07-02 14:00, replayed"."""
    return _("observed %(moment)s, %(how)s") % {
        "moment": moment(observation.observed_at),
        "how": provenance(observation.provenance),
    }


def moment(at: datetime) -> str:
    """A moment of the city, to the minute."""
    return moments.terse(at)


def phase(name: contracts.ReplayPhase) -> str:
    """The state of a replay."""
    return {"running": _("running"), "paused": _("paused"), "ended": _("ended")}[name]


def severity(name: contracts.Severity) -> str:
    """How grave a limit is."""
    return {
        "minor": _("minor"),
        "moderate": _("moderate"),
        "severe": _("severe"),
        "extreme": _("extreme"),
    }[name]


def basis(limit: contracts.Limit) -> str:
    """Where the figure comes from; a city that writes "中文 / English" is read in one of them."""
    zh, mark, en = limit.basis.partition(" / ")
    return en if mark and english() else zh


def condition(limit: contracts.Limit) -> str:
    """The limit as a sentence of figures."""
    attribute = api.attributes()[limit.attribute]
    sign = "≥" if limit.direction == "above" else "≤"
    return f"{named(attribute)} {sign} {limit.raise_at:g} {attribute.unit}".rstrip()
