"""What every template knows: the city's name, the language and the ways on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from pengcheng import __version__
from pengcheng.kernel.problems import Denied, NeedsProof
from pengcheng.kernel.registry import NavEntry, manifests
from pengcheng.kernel.web import enter

KIOSK = "pengcheng_kiosk"
BRAND = {"zh": "鹏城", "en": "Pengcheng"}


def city(request: HttpRequest) -> dict[str, Any]:
    """Template variables: ``brand``, ``lang_tag``, ``nav`` (of the face shown), ``city_context``,
    ``version``.
    """
    english = (get_language() or "").startswith("en")
    face = face_of(request.path)
    return {
        "brand": {"name": BRAND["en" if english else "zh"], **BRAND},
        "lang_tag": "en" if english else "zh-Hans",
        "face": face,
        "nav": navigation(request, face, english=english),
        "city_context": getattr(request, "context", None),
        "version": __version__,
        "acting_for": getattr(request, "acting_for", ""),
        "acting_by": getattr(request, "acting_by", None),
        "kiosk": request.COOKIES.get(KIOSK) == "1",
    }


def face_of(path: str) -> str:
    """The face that a path belongs to."""
    first = path.lstrip("/").split("/", 1)[0]
    return first if first in {"workbench", "screen"} else "portal"


def navigation(request: HttpRequest, face: str, *, english: bool) -> list[dict[str, Any]]:
    """The entries of a face that this actor may use, in order."""
    entries = [entry for manifest in manifests() for entry in manifest.nav if entry.face == face]
    shown = [entry for entry in entries if _may_enter(request, entry)]
    return [
        {
            "title": entry.en if english else entry.zh,
            "url": entry.url,
            "icon": entry.icon,
            "current": _is_current(request.path, entry.url),
            "badge": _badge(request, entry),
        }
        for entry in sorted(shown, key=lambda entry: (entry.order, entry.url))
    ]


def _may_enter(request: HttpRequest, entry: NavEntry) -> bool:
    context = getattr(request, "context", None)
    if not entry.permission:
        return True
    if context is None:
        return False
    try:
        enter(context, entry.permission)
    except NeedsProof:
        return True
    except Denied:
        return False
    return True


def _badge(request: HttpRequest, entry: NavEntry) -> int:
    """How much waits behind a way, for a person who has signed in."""
    context = getattr(request, "context", None)
    if not entry.badge or context is None or context.actor.kind == "anonymous":
        return 0
    if context.on_behalf_of:  # what waits for the person served is not the official's to see
        return 0
    count: int = import_string(entry.badge)(context=context)
    return count


def _is_current(path: str, url: str) -> bool:
    return path == url if url in {"/", "/workbench/", "/screen/"} else path.startswith(url)
