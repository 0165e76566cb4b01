"""The kiosk: a public screen with large type that forgets whoever stood before it."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.kernel.web import page

COOKIE = "pengcheng_kiosk"
A_YEAR = 365 * 24 * 3600


@page(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def kiosk(request: HttpRequest) -> HttpResponse:
    """Where this screen becomes a kiosk, or stops being one."""
    if request.method != "POST":
        return render(request, "services/kiosk.html")
    if request.POST.get("on") == "1":
        answer = _forgotten(request, "/")
        answer.set_cookie(COOKIE, "1", max_age=A_YEAR, httponly=True, samesite="Lax")
        return answer
    answer = _forgotten(request, "/kiosk/")
    answer.delete_cookie(COOKIE)
    return answer


@page(public=True)
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """The person is done, or has gone away: nothing of them stays on this screen."""
    return _forgotten(request, "/")


def _forgotten(request: HttpRequest, target: str) -> HttpResponse:
    logout(request)
    answer = redirect(target)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
