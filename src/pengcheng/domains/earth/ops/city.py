"""The city's districts, to search by and to draw scenes upon; a city without its data has none."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from pengcheng.domains.places import api as places
from pengcheng.domains.places.contracts import Division
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Unavailable

LAYER = "districts"


def outlines(context: Context) -> dict[str, BaseGeometry]:
    """District outlines by code."""
    try:
        return dict(places.outlines(context))
    except Unavailable:
        return {}


def districts(context: Context) -> tuple[Division, ...]:
    return tuple(places.find_division(context, code=code) for code in outlines(context))


def credit(context: Context) -> str:
    """Whose the outlines are."""
    known = {each.key: each.attribution for each in places.holdings(context)}
    return known.get(LAYER, "")
