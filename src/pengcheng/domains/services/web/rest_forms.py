"""REST of the forms: the form of an item, and JSON Schema for it and for form files as such."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from pengcheng.domains.services import api
from pengcheng.domains.services.web.rest_items import PROBLEMS, router
from pengcheng.kit.forms import schema

Object = {200: dict[str, Any], **PROBLEMS}


def _json(value: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@router.get("/forms/schema", response=Object)
def schema_of_forms(request: HttpRequest) -> Any:
    """What a form file must look like (JSON Schema 2020-12)."""
    return _json(schema.of_definitions())


@router.get("/items/{code}/form", response=Object)
def form_of_item(request: HttpRequest, code: str) -> Any:
    """The form with which one applies for the item."""
    return _json(api.form_for(code=code))


@router.get("/items/{code}/form/schema", response=Object)
def schema_of_answers(request: HttpRequest, code: str) -> Any:
    """What an application for the item contains (JSON Schema 2020-12)."""
    return _json(schema.of_answers(api.form_for(code=code)))
