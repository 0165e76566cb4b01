"""Running processes take the newest session secret at their next request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pengcheng.shell.changing import Changing


class FreshSecretMiddleware:
    """Asks two files whether they have changed; that costs some microseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        take(settings.PENGCHENG_SESSION_SECRETS)
        return self.get_response(request)


def take(secrets: Changing) -> None:
    """Sign with the newest secret, also when it was changed since this process began."""
    newest, *former = secrets.accepted()
    if (newest, former) != (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = newest, former
