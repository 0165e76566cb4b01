"""Strengths, winds and distances in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import Fix, Storm

NAMED = ("super", "severe", "typhoon", "severe_storm", "storm", "depression")


def strength(name: str) -> str:
    return {
        "super": _("Super typhoon"),
        "severe": _("Severe typhoon"),
        "typhoon": _("Typhoon"),
        "severe_storm": _("Severe tropical storm"),
        "storm": _("Tropical storm"),
        "depression": _("Tropical depression"),
        "low": _("Below tropical depression"),
        "unknown": pgettext("strength", "Not known"),
    }[name]


def wind(value: float | None) -> str:
    return "–" if value is None else _("%(wind)s m/s") % {"wind": f"{value:.0f}"}


def km(value: float) -> str:
    return _("%(km)s km") % {"km": f"{value:.0f}"}


def pressure(value: float | None) -> str:
    return "–" if value is None else _("%(value)s hPa") % {"value": f"{value:.0f}"}


def place(fix: Fix) -> str:
    return f"{fix.lat:.1f}°N {fix.lon:.1f}°E"


def strong(value: float | None) -> str:
    return strength(api.strength(wind=value))


def agency(storm: Storm) -> str:
    if storm.agency == "JTWC":
        return _("Joint Typhoon Warning Center, winds over one minute")
    return _("Reported to the WMO, winds over ten minutes")
