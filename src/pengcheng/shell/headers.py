"""Headers for every answer that Django itself does not set, files and error pages included."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# A page may ask where the reader stands, to find the nearest counter; nothing else.
REFUSED = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "gyroscope",
    "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
POLICY = ", ".join(["geolocation=(self)", *(f"{name}=()" for name in REFUSED)])


_composed: dict[int, tuple[object, str]] = {}


def _usual() -> str:
    """The policy of the settings; tests override them, the city does not."""
    said = settings.CONTENT_SECURITY_POLICY
    known = _composed.get(0)
    if known is None or known[0] is not said:
        _composed[0] = known = (said, build_policy())
    return known[1]


class PolicyMiddleware(CSPMiddleware):
    """django-csp's own; an answer of which nothing special was said gets a policy known before."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        special = any(name.startswith("_csp") for name in vars(response))
        if special or settings.DEBUG or hasattr(request, "_csp_nonce") or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = _usual()
        return response


class HeadersMiddleware:
    """What a browser may use here, who may embed it, and that pages about people are not kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        actor = getattr(getattr(request, "context", None), "actor", None)
        if actor is not None and actor.kind != "anonymous":
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
