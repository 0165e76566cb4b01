"""What every page may count on: its face, brand, navigation, person and languages.

The kit knows no city and no domain: all of it comes from settings, each with an empty default.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string
from django.utils.translation import get_language

FACES = {"workbench": "/workbench/", "screen": "/screen/"}
BRAND = {"zh": "鹏城", "en": "Pengcheng"}

Entries = Sequence[Mapping[str, Any]]


def face_of(path: str) -> str:
    """The face is told from the address, so that components look right without being told."""
    for face, prefix in FACES.items():
        if path.startswith(prefix) or path == prefix.rstrip("/"):
            return face
    return "portal"


def page(request: HttpRequest) -> dict[str, Any]:
    face = face_of(request.path)
    return {
        "face": face,
        "brand": brand(),
        "nav": navigation(request, face),
        "footer_links": _links("PENGCHENG_FOOTER", request, face),
        "demo": bool(getattr(settings, "PENGCHENG_DEMO", True)),
        "visitor": visitor(request),
    }


def brand() -> dict[str, str]:
    names = {**BRAND, **getattr(settings, "PENGCHENG_BRAND", {})}
    chinese = (get_language() or "zh").startswith("zh")
    return {**names, "name": names["zh"] if chinese else names["en"]}


def navigation(request: HttpRequest, face: str) -> list[dict[str, Any]]:
    entries = _links("PENGCHENG_NAV", request, face)
    here = max(
        (entry["url"] for entry in entries if _leads_to(entry["url"], request.path)),
        key=len,
        default=None,
    )
    return [{**entry, "current": entry["url"] == here} for entry in entries]


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Who is looking, as the header shows it; addresses that do not exist are left out."""
    actor = getattr(getattr(request, "context", None), "actor", None)
    kind = getattr(actor, "kind", "anonymous")
    addresses = getattr(settings, "PENGCHENG_ACCOUNT_URLS", {})
    return {
        "signed_in": kind != "anonymous",
        "name": getattr(actor, "name", ""),
        **{name: _address(addresses.get(name)) for name in ("sign_in", "sign_out", "account")},
    }


def _links(setting: str, request: HttpRequest, face: str) -> list[dict[str, Any]]:
    """A setting may hold {face: [entry]} or name a function (request, face) -> [entry]."""
    source: Any = getattr(settings, setting, {})
    if isinstance(source, str):
        source = import_string(source)
    found: Entries = _called(source, request, face) if callable(source) else source.get(face, [])
    return [{"icon": "", **entry} for entry in found]


def _called(source: Callable[..., Entries], request: HttpRequest, face: str) -> Entries:
    return source(request, face)


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url.endswith("/") and url.count("/") > 1 and path.startswith(url))


def _address(target: str | None) -> str:
    try:
        return resolve_url(target) if target else ""
    except NoReverseMatch:
        return ""
