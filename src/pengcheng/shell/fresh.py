"""Running processes take the newest session secret at their next request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

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


class StayingMiddleware(AuthenticationMiddleware):
    """Who asks, also in the hours after the secret was changed.

    Django gives a session another name then, and whatever the browser asked for at the same time
    under the old name finds nobody: the person would be signed out.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.SECRET_KEY_FALLBACKS:
            request.user = SimpleLazyObject(lambda: self._carried(request))  # type: ignore[assignment]

    @staticmethod
    def _carried(request: HttpRequest) -> object:
        session: Any = request.session
        session.cycle_key = lambda: None  # on this object: all that `get_user` would call it for
        try:
            return get_user(request)
        finally:
            del session.cycle_key
