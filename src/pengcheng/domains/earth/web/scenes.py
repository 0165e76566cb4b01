"""Portal pages of scenes from above: search, one scene, its footprint as a picture."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import NewCollection, NewScene, Scene
from pengcheng.domains.earth.web import pictures
from pengcheng.domains.earth.web.forms import Filter
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages import moments
from pengcheng.kit.pages.listing import page_number

PER_PAGE = 12
MOST_SHOWN = 20_000
FACTS = ("platform", "constellation", "instruments", "gsd", "mission")


@page(permission="earth.open.read")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Scenes by date, place, cloud cover and collection, newest first."""
    context = context_of(request)
    form = Filter(request.GET, context)
    number = min(page_number(request), 10_000)
    wanted = form.wanted(skip=(number - 1) * PER_PAGE, limit=PER_PAGE)
    found = scenes.search(context=context, wanted=wanted)
    if not found.scenes and number > 1:
        raise Http404
    # Where they were too many to count, one page more is offered as long as there is one.
    total = found.total
    seen = (number - 1) * PER_PAGE + len(found.scenes) + (1 if found.after else 0)
    many = seen if total is None else total
    city = pictures.city(scenes.outlines(context=context))
    facts = {
        "form": form,
        "total": total,
        "page": Paginator(range(many), PER_PAGE).get_page(number),
        "city": city,
        "scenes": [_card(each, city) for each in found.scenes],
        "simulated": any(each.simulated for each in found.scenes),
        "credit": scenes.credit(context=context) if city else "",
    }
    return render(request, "earth/scenes.html", facts)


def _card(scene: Scene, city: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "title": scene.title,
        "url": reverse("earth:scene", args=[scene.collection, scene.id]),
        "taken": moments.told(scene.at or scene.start),
        "cloud": cloud(scene),
        "collection": scene.collection,
        "simulated": scene.simulated,
        "picture": pictures.footprint(scene.geometry, city),
    }


def cloud(scene: NewScene) -> str:
    return f"{scene.cloud:g} %" if scene.cloud is not None else pgettext("cloud", "Not told")


@page(permission="earth.open.read")
@require_safe
def one(request: HttpRequest, collection: str, scene: str) -> HttpResponse:
    """One scene: what is known of it, where it lies, its files, its document."""
    context = context_of(request)
    found = scenes.scene(context=context, collection=collection, scene=scene)
    holder = scenes.collection(context=context, collection=collection)
    city = pictures.city(scenes.outlines(context=context))
    api = reverse("earth:stac-part", args=[f"collections/{collection}/items/{scene}"])
    document = msgspec.json.encode(scenes.document(scene=found))
    facts = {
        "scene": found,
        "facts": [*known(found), *origin(holder), *_kept(found)],
        "files": [_file(key, each) for key, each in found.assets.items()],
        "city": city,
        "picture": pictures.footprint(found.geometry, city),
        "bounds": bounds(found),
        "footprint": {"type": "Feature", "properties": {}, "geometry": found.geometry},
        "api": api,
        "document": msgspec.json.format(document, indent=2).decode()[:MOST_SHOWN],
        "credit": scenes.credit(context=context) if city else "",
    }
    return render(request, "earth/scene.html", facts)


def known(scene: NewScene) -> list[dict[str, Any]]:
    """What the document says of the scene itself."""
    if scene.at:
        taken = moments.told(scene.at)
    else:
        taken = f"{moments.told(scene.start)} – {moments.told(scene.end)}"
    told = {name: scene.properties.get(name) for name in FACTS}
    pairs = (
        (pgettext("scene", "Taken"), taken),
        (_("Cloud cover"), cloud(scene)),
        (pgettext("scene", "Satellite"), _plain(told["platform"]) or _plain(told["constellation"])),
        (pgettext("scene", "Instrument"), _plain(told["instruments"])),
        (_("Ground resolution"), f"{told['gsd']:g} m" if _is_number(told["gsd"]) else ""),
        (_("Area (west, south, east, north)"), ", ".join(f"{each:.4f}" for each in scene.bbox)),
        (pgettext("scene", "Number"), scene.id),
    )
    return [{"key": key, "value": value} for key, value in pairs if value]


def _is_number(told: Any) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 1e9


def _plain(told: Any) -> str:
    if isinstance(told, list):
        return ", ".join(each for each in told if isinstance(each, str))
    return told if isinstance(told, str) else ""


def origin(holder: NewCollection) -> list[dict[str, Any]]:
    """What a collection says of all its scenes."""
    pairs = (
        (pgettext("scene", "Collection"), holder.title or holder.id),
        (_("Provided by"), ", ".join(holder.providers)),
        (pgettext("scene", "Licence"), holder.licence),
    )
    return [{"key": key, "value": value} for key, value in pairs if value]


def _kept(scene: Scene) -> list[dict[str, Any]]:
    version = _("%(moment)s, version %(version)s") % {
        "moment": moments.told(scene.kept.changed_at),
        "version": scene.kept.version,
    }
    return [{"key": _("In the catalogue"), "value": version}]


def _file(key: str, told: dict[str, Any]) -> dict[str, Any]:
    href = told["href"]
    return {
        "name": told.get("title") or key,
        "href": href,
        "opens": href.startswith(("https://", "http://", "/")),
        "outside": not href.startswith("/"),
        "about": " · ".join([told.get("type", ""), ", ".join(told.get("roles", []))]).strip(" ·"),
    }


def bounds(scene: NewScene) -> str:
    """For the map; none where it would go round the world."""
    if not scene.bbox:
        return ""
    half = len(scene.bbox) // 2
    corners = (*scene.bbox[:2], *scene.bbox[half : half + 2])
    return ",".join(f"{each:.5f}" for each in corners) if corners[0] <= corners[2] else ""


@page(permission="earth.open.read")
@require_safe
def footprint(request: HttpRequest, collection: str, scene: str) -> HttpResponse:
    """The footprint over the city, as a file."""
    context = context_of(request)
    found = scenes.scene(context=context, collection=collection, scene=scene)
    city = pictures.city(scenes.outlines(context=context))
    picture = pictures.footprint(found.geometry, city)
    if picture is None:
        raise Http404
    facts = {"city": city, "picture": picture}
    answer = render(request, "earth/footprint.svg", facts, content_type="image/svg+xml")
    answer.headers["Access-Control-Allow-Origin"] = "*"  # open data, and no cookie goes along
    return answer
