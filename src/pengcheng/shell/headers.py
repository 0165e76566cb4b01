"""Headers for every answer that Django itself does not set, files and error pages included."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A page may ask where the reader stands, to find the nearest counter; nothing else.
REFUSED = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "gyroscope",
    "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
POLICY = ", ".join(["geolocation=(self)", *(f"{name}=()" for name in REFUSED)])


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
