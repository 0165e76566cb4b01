"""Running processes take the newest session secret at their next request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
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
        session = request.session
        told = session.get(HASH_SESSION_KEY)
        account = get_user_model().objects.filter(pk=session.get(SESSION_KEY)).first()
        if (
            told
            and account
            and any(
                constant_time_compare(told, former)
                for former in account.get_session_auth_fallback_hash()
            )
        ):
            session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        return get_user(request)
