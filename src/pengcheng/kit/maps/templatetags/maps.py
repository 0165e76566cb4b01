"""`{% load maps %}`: a map in a page, with a picture for readers without scripts."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pengcheng.kit.maps.picture import Picture

register = template.Library()


@register.simple_tag
def city_map(
    picture: Picture,
    names: Mapping[str, str],
    label: str,
    code: str = "",
    lon: float | str = "",
    lat: float | str = "",
    name: str = "map",
) -> SafeString:
    """The outlines as a picture that `maps/start.js` replaces by the living map.

    `names` are the words on the outlines by key, `code` the one to mark; a point is in WGS-84.
    """
    # A name unknown to the page arrives as an empty string.
    known = isinstance(lon, float) and isinstance(lat, float)
    point = picture.place(float(lon), float(lat)) if known else None
    shapes = [(shape, names.get(shape.key, ""), shape.key == code) for shape in picture.shapes]
    # The marked one comes last, so that no neighbour's edge covers its own.
    shapes.sort(key=lambda drawn: drawn[2])
    facts: dict[str, Any] = {
        "picture": picture,
        "shapes": shapes,
        "label": label,
        "code": code,
        "lon": lon,
        "lat": lat,
        "point": point,
        "name": name,
    }
    return render_to_string("maps/map.html", facts)


@register.simple_tag
def map_scripts() -> SafeString:
    """What a page with maps needs at its end."""
    return render_to_string("maps/scripts.html")


@register.simple_tag
def map_styles() -> SafeString:
    """What a page with maps needs in its head."""
    return render_to_string("maps/styles.html")
