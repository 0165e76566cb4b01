"""All addresses of the city: each domain's own lists, mounted face by face."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.urls import include, path

from pengcheng.kernel.registry import manifests
from pengcheng.shell.late import LateResolver

handler400 = "pengcheng.shell.errors.bad_request"
handler404 = "pengcheng.shell.errors.not_found"
FACES = {"portal_urls": "", "workbench_urls": "workbench/", "screen_urls": "screen/"}


def room(name: str) -> ModuleType | None:
    """A module that a domain may or may not have."""
    try:
        return import_module(name) if find_spec(name) else None
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            return None
        raise


def pages(domain: str) -> list[Any]:
    """A domain's pages under its own namespace."""
    urls = room(f"pengcheng.domains.{domain}.web.urls")
    if urls is None:
        return []
    mounted = [
        path(prefix, include(getattr(urls, face)))
        for face, prefix in FACES.items()
        if hasattr(urls, face)
    ]
    return [path("", include((mounted, domain), namespace=domain))]


def programs() -> list[Any]:
    """The doors for programs."""
    from pengcheng.shell.rest import api

    patterns, _app, _namespace = api.urls
    return list(patterns)


_shell = room("pengcheng.shell.pages.urls")
urlpatterns: list[Any] = [
    LateResolver("api/v1/", programs),
    *(entry for manifest in manifests() for entry in pages(manifest.id)),
    *(getattr(_shell, "urlpatterns", []) if _shell else []),
]
