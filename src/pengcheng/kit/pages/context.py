"""What every layout shows besides the page: who is looking, the ways out, whether this is a demo.

The kit knows no city and no domain; settings tell it, each with an empty default:
PENGCHENG_ACCOUNT_URLS (sign_in, sign_out, account), PENGCHENG_FOOTER (a function's name),
PENGCHENG_DEMO. Brand, face and navigation come from the shell.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string


def page(request: HttpRequest) -> dict[str, Any]:
    source = getattr(settings, "PENGCHENG_FOOTER", "")
    return {
        "footer_links": import_string(source)() if source else [],
        "demo": bool(getattr(settings, "PENGCHENG_DEMO", True)),
        "visitor": visitor(request),
    }


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Who is looking, as the head shows it; addresses that do not exist are left out."""
    actor = getattr(getattr(request, "context", None), "actor", None)
    addresses = getattr(settings, "PENGCHENG_ACCOUNT_URLS", {})
    return {
        "signed_in": getattr(actor, "kind", "anonymous") != "anonymous",
        "name": getattr(actor, "name", ""),
        **{name: _address(addresses.get(name)) for name in ("sign_in", "sign_out", "account")},
    }


def _address(target: str | None) -> str:
    try:
        return resolve_url(target) if target else ""
    except NoReverseMatch:
        return ""
