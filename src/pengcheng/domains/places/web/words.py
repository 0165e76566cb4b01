"""Words of places for the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.places.contracts import AddressPart, Division, Location


def level_title(division: Division) -> str:
    if division.kind == "functional":
        return _("Functional area")
    return {
        "province": _("Province"),
        "city": _("City"),
        "district": pgettext("division", "District"),
        "street": _("Subdistrict (street office)"),
        "community": _("Community"),
    }[division.level]


def map_label(division: Division, language: str) -> str:
    """Short enough to stand on a small outline."""
    return division.title(language).removesuffix(" District").removesuffix(" New")


def code_title(division: Division) -> str:
    if division.official:
        return division.code
    return _("%(code)s (our own; the official code is that of %(official)s)") % {
        "code": division.code,
        "official": division.managed_with,
    }


def part_title(label: str) -> str:
    titles = {
        "province": _("Province"),
        "city": _("City"),
        "district": pgettext("division", "District"),
        "street": _("Subdistrict (street office)"),
        "zone": _("Development zone"),
        "community": _("Community or village"),
        "road": _("Road"),
        "number": pgettext("address", "Number"),
        "subroad": _("Side road"),
        "subnumber": _("Number on the side road"),
        "place": pgettext("address", "Place"),
        "subplace": _("Part of the place"),
        "building": _("Building"),
        "unit": pgettext("address", "Unit"),
        "floor": _("Floor"),
        "room": _("Room"),
        "assist": _("Directions"),
    }
    return titles.get(label, _("Not used"))


def part_row(part: AddressPart) -> dict[str, Any]:
    return {
        "label": part_title(part.label),
        "text": part.text,
        "normal": part.normal if part.normal != part.text else "",
        "code": part.code,
    }


def missing_title(missing: str) -> str:
    return {
        "district": _("the district"),
        "door": _("a road with a number, or a named place"),
    }[missing]


def standing_text(location: Location) -> str:
    where = location.standing.where
    if where == "inside":
        return _("Well inside the outline.")
    if where == "border":
        return _(
            "Within %(metres)d m of the outline: it may lie on either side. Ask the district before"
            " relying on this."
        ) % {"metres": location.tolerance_m}
    return _("In none of the district outlines: at sea, or in a neighbouring city.")
