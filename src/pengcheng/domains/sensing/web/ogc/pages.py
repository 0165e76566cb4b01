"""What the pages of the OGC APIs show, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from pengcheng.domains.sensing.api.atlas import Collection, Feature
from pengcheng.domains.sensing.web import expecting
from pengcheng.domains.sensing.web.ogc import picture
from pengcheng.domains.sensing.web.ogc.asked import Ask, Told
from pengcheng.kit.pages import moments as telling
from pengcheng.kit.sensorthings import moments

MOST_COLUMNS = 7
EXAMPLE = "S_INTERSECTS(geometry, BBOX(113.9, 22.5, 114.1, 22.6))"
PLAIN = ("name", "district", "observedAt")  # what is told first of many features
HIDDEN = ("nameEn", "districtCode", "type")


def facts(ask: Ask, told: Told) -> dict[str, Any]:
    """Everything a template needs."""
    found = {"ask": ask, "crumbs": _crumbs(ask, told), "forms": _forms(ask, told), **told.facts}
    maker = MAKERS.get(told.page)
    return found | (maker(ask, told) if maker else {})


def _crumbs(ask: Ask, told: Told) -> list[dict[str, str]]:
    found = [{"title": _("Open geographic data"), "url": ask.at()}]
    collection = told.facts.get("collection")
    if told.page != "landing" and (collection or told.page == "collections"):
        found.append({"title": _("Collections"), "url": ask.at("collections")})
    if collection is not None:
        found.append({"title": named(ask, collection), "url": ask.at("collections", collection.id)})
    last = {
        "items": _("All features"),
        "locations": _("Locations"),
        "conformance": _("Conformance"),
        "api": _("API"),
        "item": called(ask, told.facts["feature"]) if told.page == "item" else "",
        "properties": told.facts.get("what", "").capitalize(),
    }.get(told.page)
    if last:
        found.append({"title": last, "url": ""})
    found[-1]["url"] = ""
    return found


def _forms(ask: Ask, told: Told) -> list[dict[str, str]]:
    """The same as data."""
    form = "JSON" if told.kind != "application/geo+json" else "GeoJSON"
    return [{"title": form, "url": ask.same(f="json")}]


def named(ask: Ask, collection: Collection) -> str:
    return ask.title(collection.zh, collection.en)


def _moment(text: str) -> str:
    found = moments.instant(text)
    return telling.terse(found) if found else text


# --- collections --------------------------------------------------------------------------


def _landing(ask: Ask, told: Told) -> dict[str, Any]:
    found = list(ask.catalogue.collections().values())
    return {"collections": [_collection_row(ask, each) for each in found]}


def _collection_row(ask: Ask, found: Collection) -> dict[str, Any]:
    summary = ask.catalogue.summary(found)
    parameters = [ask.title(each.zh, each.en) for each in summary.parameters.values()]
    return {
        "id": found.id,
        "title": named(ask, found),
        "about": ask.title(found.about_zh, found.about_en),
        "url": ask.at("collections", found.id),
        "items": ask.at("collections", found.id, "items"),
        "count": summary.count,
        "parameters": parameters,
        "until": telling.terse(summary.times[1]) if summary.times else "",
    }


def _collection(ask: Ask, told: Told) -> dict[str, Any]:
    found: Collection = told.facts["collection"]
    summary = told.facts["summary"]
    at = ask.at
    shown = ask.catalogue.features(found)
    parameters = [
        {"name": each.name, "title": ask.title(each.zh, each.en), "unit": each.unit}
        for each in sorted(summary.parameters.values(), key=lambda one: one.name)
    ]
    links = [
        {"title": _("All features"), "url": at("collections", found.id, "items")},
        {"title": _("Queryables"), "url": at("collections", found.id, "queryables", f="html")},
        {"title": _("Schema"), "url": at("collections", found.id, "schema", f="html")},
    ]
    if parameters:
        place = {"title": _("Locations"), "url": at("collections", found.id, "locations", f="html")}
        links.append(place)
    times = [telling.terse(each) for each in summary.times or ()]
    return {
        "title": named(ask, found),
        "about": ask.title(found.about_zh, found.about_en),
        "picture": _drawn(ask, found, shown),
        "parameters": parameters,
        "links": links,
        "times": times,
        "box": ", ".join(f"{each:.4f}" for each in summary.box) if summary.box else "",
        "examples": _examples(ask, found) if parameters else [],
    }


def _examples(ask: Ask, found: Collection) -> list[dict[str, str]]:
    """Questions that can be asked with one click."""
    box = ask.catalogue.summary(found).box
    if box is None:
        return []
    lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    point = f"POINT({lon:.4f} {lat:.4f})"
    at = ask.at
    return [
        {
            "title": _("Readings of the nearest place (CSV)"),
            "url": at("collections", found.id, "position", coords=point, f="CSV"),
        },
        {
            "title": _("Readings within 10 km (CoverageJSON)"),
            "url": at(
                *("collections", found.id, "radius"),
                **{"coords": point, "within": "10", "within-units": "km"},
            ),
        },
    ]


def _drawn(ask: Ask, found: Collection, features: Iterable[Feature]) -> picture.Picture | None:
    def title(feature: Feature) -> str:
        return called(ask, feature)

    return picture.draw(features, title, _address(ask, found), _outlines(ask, found))


def _address(ask: Ask, found: Collection) -> Any:
    def at(feature: Feature) -> str:
        return ask.at("collections", found.id, "items", feature.id, f="html")

    return at


def _outlines(ask: Ask, found: Collection) -> dict[str, Any]:
    """The districts below the map, unless they are what it shows."""
    districts = ask.catalogue.collections().get("districts")
    if districts is None or found.id == "districts":
        return {}
    shown = ask.catalogue.features(districts)
    return {called(ask, each): each.shape for each in shown if each.shape is not None}


def called(ask: Ask, feature: Feature) -> str:
    """Its name in the reader's language, if it has one."""
    english = feature.values.get("nameEn") if ask.english else None
    return str(english or feature.title)


# --- items --------------------------------------------------------------------------------


def _items(ask: Ask, told: Told) -> dict[str, Any]:
    found: Collection = told.facts["collection"]
    document = told.document
    features: list[Feature] = told.facts["found"]
    names = _columns(features)
    links = {each["rel"]: each["href"] for each in document["links"]}
    offset = told.facts["offset"]
    return {
        "title": named(ask, found),
        "picture": _drawn(ask, found, features),
        "heads": names,
        "rows": [_row(ask, found, each, names) for each in features],
        "next": links.get("next", ""),
        "previous": links.get("prev", ""),
        "first": offset + 1,
        "last": offset + len(features),
        "total": document["numberMatched"],
        "filter": ask.params.get("filter", ""),
        "example": EXAMPLE,
        "bbox": ask.params.get("bbox", ""),
        "action": ask.at("collections", found.id, "items"),
    }


def _columns(features: list[Feature]) -> list[str]:
    names: dict[str, None] = dict.fromkeys(PLAIN)
    for each in features:
        names.update(dict.fromkeys([*each.observed, *each.values]))
    used = {name for each in features for name in each.values}
    return [name for name in names if name in used and name not in HIDDEN][:MOST_COLUMNS]


def _row(ask: Ask, found: Collection, each: Feature, names: list[str]) -> dict[str, Any]:
    return {
        "id": each.id,
        "url": _address(ask, found)(each),
        "cells": [{"head": name, "text": shown(each.values.get(name))} for name in names],
    }


def shown(value: Any) -> str:
    """A value for a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(shown(each) for each in value[:8])
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(each)}" for key, each in list(value.items())[:8])
    return _moment(str(value))[:300]


def _item(ask: Ask, told: Told) -> dict[str, Any]:
    found: Collection = told.facts["collection"]
    feature: Feature = told.facts["feature"]
    rows = [{"head": key, "text": shown(value)} for key, value in feature.values.items()]
    if feature.verdict is not None:
        rows.append({"head": _("City data model"), "text": expecting.verdict(feature.verdict)})
    at = ask.at
    series = [
        {"title": form, "url": at("collections", found.id, "locations", feature.id, f=form)}
        for form in ("CSV", "GeoJSON", "CoverageJSON")
    ]
    return {
        "title": called(ask, feature),
        "rows": rows,
        "picture": _drawn(ask, found, [feature]),
        "series": series if feature.observed else [],
    }


# --- the rest -----------------------------------------------------------------------------


def _properties(ask: Ask, told: Told) -> dict[str, Any]:
    listed = told.document["properties"].items()
    rows = [
        {"name": name, "type": each.get("type") or each.get("format", "")} for name, each in listed
    ]
    return {"title": named(ask, told.facts["collection"]), "rows": rows}


def _locations(ask: Ask, told: Told) -> dict[str, Any]:
    found: Collection = told.facts["collection"]
    rows = [
        {
            "title": each["properties"]["name"],
            "id": each["id"],
            "form": "CSV",
            "parameters": ", ".join(each["properties"]["parameter-name"]),
            "times": " – ".join(
                _moment(part) for part in each["properties"].get("datetime", "").split("/")
            ),
            "url": ask.at("collections", found.id, "locations", each["id"], f="CSV"),
        }
        for each in told.document["features"]
    ]
    return {"title": named(ask, found), "rows": rows}


def _api(ask: Ask, told: Told) -> dict[str, Any]:
    rows = []
    for path, verbs in told.document["paths"].items():
        names = [each.get("name") or each["$ref"].rpartition("/")[2] for each in
                 verbs["get"]["parameters"]]  # fmt: skip
        rows.append({"path": path, "parameters": ", ".join(names)})
    return {"rows": rows}


MAKERS = {
    "landing": _landing,
    "collections": _landing,
    "collection": _collection,
    "items": _items,
    "item": _item,
    "properties": _properties,
    "locations": _locations,
    "api": _api,
}
