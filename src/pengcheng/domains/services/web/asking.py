"""What every page of the services needs: who asks, in which language, and the source line."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.web import said
from pengcheng.kernel.context import Context


def asker(request: HttpRequest) -> Context:
    """The context that the kernel's middleware has made."""
    return request.context  # type: ignore[attr-defined, no-any-return]


def language(request: HttpRequest) -> str:
    return asker(request).language


def show(
    request: HttpRequest, template: str, facts: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the catalogue: with the line that names the source and its age."""
    catalogue = api.catalogue_now()
    shared = {
        "catalogue": catalogue,
        "source_line": said.source_line(catalogue.source, language(request)),
        "english": said.english(language(request)),
    }
    return render(request, f"services/{template}", {**shared, **facts}, status=status)


def row(item: Item, tongue: str) -> dict[str, Any]:
    """An item in a list."""
    return {
        "item": item,
        "title": said.title(item, tongue),
        "department": said.department(item, tongue),
        "how_long": said.limit(item.promise or item.anticipate),
        "visits": said.visits(item),
        "chinese_only": said.english(tongue) and not item.name_en,
        "instant": api.decided_instantly(code=item.task_code),
    }
