"""The language of a page: Chinese unless the reader has chosen otherwise; the choice is kept in a
cookie.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers


class LanguageMiddleware:
    """``?lang=en`` or ``?lang=zh-hans`` sets the cookie and goes on to the same page without the
    parameter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("lang")
        if wanted in self.known and request.method == "GET":
            return self._remember(request, wanted)
        language = self._language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", _tag(language))
        patch_vary_headers(response, ("Cookie",))
        return response

    def _language(self, request: HttpRequest) -> str:
        if request.path.startswith(settings.PENGCHENG_API_PREFIX):
            return translation.get_language_from_request(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in self.known else settings.LANGUAGE_CODE

    def _remember(self, request: HttpRequest, wanted: str) -> HttpResponse:
        query = request.GET.copy()
        del query["lang"]
        path = "/" + request.path.lstrip("/")
        target = f"{path}?{query.urlencode()}" if query else path
        response = HttpResponseRedirect(target)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]  # "Lax"
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
        return response


def _tag(language: str) -> str:
    return "zh-Hans" if language == "zh-hans" else language
