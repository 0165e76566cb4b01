"""Portal pages: find a division, an address or a point, and see it on the map."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.places import api
from pengcheng.domains.places.contracts import Division, ParsedAddress
from pengcheng.domains.places.web import words
from pengcheng.domains.places.web.forms import AddressForm, PointForm
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page
from pengcheng.kit.maps.picture import Outlines, Picture, draw
from pengcheng.kit.maps.ranges import file_response

PAGE_SIZE = 20
_drawn: dict[str, Any] = {}


def asker(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


@page(public=True)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Search by name or code, or by coordinates; with nothing asked, the districts."""
    query = request.GET.get("q", "").strip()[:60]
    point = PointForm(request.GET if "lon" in request.GET else None)
    facts: dict[str, Any] = {"query": query, "address_form": AddressForm(), "point_form": point}
    if query:
        facts |= _found(request, query)
    if point.is_bound and point.is_valid():
        facts |= _located(request, point)
    status = 422 if point.is_bound and point.errors else 200
    return render(request, "places/index.html", facts | _common(request), status=status)


@page(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Read an address and show its parts, its code and its district."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    facts: dict[str, Any] = {"address_form": form, "point_form": PointForm()}
    if form.is_bound and form.is_valid():
        parsed = api.parse_address(asker(request), text=form.cleaned_data["address"])
        facts |= {"parsed": _parsed(request, parsed)}
    status = 422 if form.is_bound and form.errors else 200
    facts |= _common(request, facts.get("parsed", {}).get("district", ""))
    return render(request, "places/index.html", facts, status=status)


@page(public=True)
@require_safe
def division(request: HttpRequest, code: str) -> HttpResponse:
    """One division: its code, what it lies in, what lies in it, and where it is."""
    context = asker(request)
    found = api.find_division(context, code=code)
    below = api.list_divisions(context, parent=code, size=1000)
    outlined = _outlined(context, found)
    facts = {
        "division": found,
        "title": found.title(context.language),
        "rows": _rows(context, found, outlined),
        "children": [_shown(context, item) for item in below.items],
        "crumbs": _crumbs(context, found),
        "exact": outlined == code,
    }
    return render(request, "places/division.html", facts | _common(request, outlined))


@page(public=True)
@require_safe
def base_map(request: HttpRequest) -> HttpResponse:
    """The base map as one PMTiles file, read in ranges."""
    path = api.base_map_path()
    if not path.is_file():
        raise NotFound(
            code="places.map.not_built",
            zh="底图尚未生成",
            en="The base map has not been built",
            next_zh="管理员可运行 pengcheng map build 生成。",
            next_en="The administrator can build it with: pengcheng map build",
        )
    answer = file_response(request, path, content_type="application/vnd.pmtiles")
    return cast("HttpResponse", answer)  # pages may stream too


def _common(request: HttpRequest, marked: str = "") -> dict[str, Any]:
    context = asker(request)
    outlines = api.outlines(context)
    names = {code: api.find_division(context, code=code) for code in outlines}
    return {
        "picture": _picture(outlines),
        "names": {code: words.map_label(item, context.language) for code, item in names.items()},
        "marked": marked,
        "districts": [_shown(context, item) for item in names.values()],
        "sources": api.holdings(context),
        "english": context.language.startswith("en"),
    }


def _picture(outlines: Outlines) -> Picture:
    """Drawn once for as long as the same outlines are in memory."""
    if _drawn.get("outlines") is not outlines:
        _drawn.update(outlines=outlines, picture=draw(outlines))
    picture: Picture = _drawn["picture"]
    return picture


def _found(request: HttpRequest, query: str) -> dict[str, Any]:
    context = asker(request)
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 4 and int(wanted) else 1
    found = api.list_divisions(context, q=query, page=number, size=PAGE_SIZE)
    if not found.items and number > 1:
        raise Http404
    counted = Paginator(range(found.total), PAGE_SIZE)
    return {
        "results": [_shown(context, item) for item in found.items],
        "total": found.total,
        "page": Page(list(found.items), number, counted),
    }


def _located(request: HttpRequest, form: PointForm) -> dict[str, Any]:
    context = asker(request)
    at = form.point()
    there = at.to("WGS84")
    found = api.locate(context, at=at)
    return {
        "located": {
            "division": _shown(context, found.division) if found.division else None,
            "standing": words.standing_text(found),
            "near": [
                _shown(context, api.find_division(context, code=code))
                for code in found.standing.near
            ],
            "zone": found.zone,
            "error_m": found.error_m,
        },
        "lon": round(there.lon, 6),
        "lat": round(there.lat, 6),
    }


def _parsed(request: HttpRequest, parsed: ParsedAddress) -> dict[str, Any]:
    context = asker(request)
    found = api.find_division(context, code=parsed.division) if parsed.division else None
    return {
        "id": parsed.id,
        "parts": [words.part_row(part) for part in parsed.parts],
        "missing": [words.missing_title(item) for item in parsed.missing],
        "division": _shown(context, found) if found else None,
        "district": _outlined(context, found) if found else "",
    }


def _outlined(context: Context, found: Division) -> str:
    """The nearest division upwards that has an outline, following who runs it in fact."""
    outlines = api.outlines(context)
    step: Division | None = found
    while step is not None and step.code not in outlines:
        above = step.managed_with if step.official and step.managed_with else step.parent
        step = api.find_division(context, code=above) if above else None
    return step.code if step else ""


def _shown(context: Context, item: Division) -> dict[str, str]:
    return {
        "code": item.code,
        "title": item.title(context.language),
        "level": words.level_title(item),
        "path": " › ".join(above.title(context.language) for above in _above(context, item)),
        "zh": "" if item.name_en and context.language.startswith("en") else "zh-Hans",
    }


def _rows(context: Context, found: Division, outlined: str) -> list[dict[str, str]]:
    rows = [
        {"key": _("Code"), "value": words.code_title(found)},
        {"key": _("Kind"), "value": words.level_title(found)},
    ]
    if found.title(context.language) != found.name:  # else it is the page's own heading
        rows.append({"key": _("Chinese name"), "value": found.name})
    if found.official and found.managed_with:
        runner = api.find_division(context, code=found.managed_with)
        rows.append({"key": _("Run by"), "value": runner.title(context.language)})
    if outlined and outlined != found.code:
        shown = api.find_division(context, code=outlined).title(context.language)
        rows.append({"key": _("Shown on the map"), "value": shown})
    return rows


def _above(context: Context, item: Division) -> list[Division]:
    """What a division lies in, the largest first."""
    found: list[Division] = []
    while item.parent:
        item = api.find_division(context, code=item.parent)
        found.insert(0, item)
    return found


def _crumbs(context: Context, found: Division) -> list[dict[str, str]]:
    above = [
        {"title": item.title(context.language), "url": reverse("places:division", args=[item.code])}
        for item in _above(context, found)
    ]
    first = {"title": _("Places"), "url": reverse("places:index")}
    return [first, *above, {"title": found.title(context.language)}]
