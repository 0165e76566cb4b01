"""The web's edge: who asks, may the page be shown, and how a problem is told to people and
programs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from pengcheng.kernel import audit
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.permits import Resource, permit, too_weak
from pengcheng.kernel.problems import BadRequest, Denied, NeedsProof, Problem

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def context_of(request: HttpRequest) -> Context:
    """Who asks, as the middleware found out."""
    return request.context  # type: ignore[attr-defined,no-any-return]


PROGRAMS = frozenset({"application/timestamp-query", "application/json"})
"""Kinds of bodies that no page of ours sends."""


class Audience(msgspec.Struct, frozen=True):
    """For whom a page is: everyone, or holders of a permission (checked again at the door for the
    very resource).
    """

    permission: str = ""
    public: bool = False
    assurance: str = ""


def page(
    *, permission: str = "", public: bool = False, assurance: str = ""
) -> Callable[[View], View]:
    """Declare a view's audience. A view without one is refused, so that nothing is open by
    oversight.

    With ``permission`` a stranger is sent to sign in. Where owners have the right too, say
    ``public=False`` and the
    permission: every signed-in person may enter and the domain's door decides on the resource.
    ``assurance`` is the level of sign-in that the page wants; who has less proves themselves and
    comes back.
    """
    if public == bool(permission):
        raise ValueError("say either public=True or permission=…")

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not public:
                enter(request.context, permission)  # type: ignore[attr-defined]
                if not request.context.assurance.reaches(assurance):  # type: ignore[attr-defined]
                    raise too_weak(assurance)
            return view(request, *args, **kwargs)

        guarded.audience = Audience(permission, public, assurance)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def enter(context: Context, permission: str) -> None:
    """Raise Denied unless the actor could have the right, as owner of something or by role."""
    owner = context.actor.id or None
    purpose = context.purpose or "web.entry"
    permit(context.for_purpose(purpose), permission, Resource(kind="page", owner=owner))


class ContextMiddleware:
    """Puts ``request.context`` there, refuses undeclared views and turns problems into answers.

    The request's id is the cause of all that it sets going; it is told in ``X-Request-Id``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.make_context = import_string(settings.PENGCHENG_CONTEXT_FACTORY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = new_id()
        context: Context = self.make_context(request)
        request.context = context.caused_by(f"request/{request_id}")  # type: ignore[attr-defined]
        response = _unreadable(request) or self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> None:
        """Refuse a view that does not say for whom it is; REST operations ask at their domain's
        door instead.
        """
        if request.path.startswith(settings.PENGCHENG_API_PREFIX) or hasattr(view, "audience"):
            return
        raise LookupError(f"view {view!r} declares no audience; decorate it with @page")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a problem; anything else goes on to the server-error page."""
        return answer(request, error) if isinstance(error, Problem) else None


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """A NUL stands in no name of ours, and PostgreSQL takes it for a failure."""
    if "\x00" not in request.path and "%00" not in request.META.get("QUERY_STRING", ""):
        return None
    problem = BadRequest(
        code="kernel.web.nul",
        zh="网址中含有无效字符",
        en="The address holds a character that means nothing",
        next_zh="请检查网址后重试。",
        next_en="Check the address and try again.",
    )
    return problem_response(request, problem)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Tell a problem that reached the edge; a refusal that nobody audited yet is audited here."""
    if isinstance(problem, Denied):
        return _denied(request, problem)
    return problem_response(request, problem)


def _denied(request: HttpRequest, problem: Denied) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    if context.actor.kind == "anonymous" and not wants_json(request):
        target = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': target})}")
    if isinstance(problem, NeedsProof) and not wants_json(request):
        ask: Callable[[HttpRequest, str], HttpResponse]
        ask = import_string(settings.PENGCHENG_PROOF_PAGE)
        return ask(request, problem.level)
    if not problem.audited:
        audit.record(
            context,
            action="kernel.web.enter",
            resource=request.path,
            outcome="denied",
            facts={"code": problem.code},
        )
    return problem_response(request, problem)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks rather than a person."""
    if request.path.startswith(settings.PENGCHENG_API_PREFIX):
        return True
    if request.content_type in PROGRAMS:
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a page or as ``application/problem+json`` (RFC 9457)."""
    language = request.context.language  # type: ignore[attr-defined]
    if wants_json(request):
        body = msgspec.json.encode(problem.document(language, request.path))
        response = HttpResponse(body, content_type="application/problem+json")
        response.status_code = problem.status
        if isinstance(problem, NeedsProof):  # RFC 9470
            told = f'error="insufficient_user_authentication", acr_values="{problem.level}"'
            response.headers["WWW-Authenticate"] = f"Bearer {told}"
    else:
        facts = {"problem": problem, "title": problem.title(language)}
        facts["next_step"] = problem.next_step(language)
        response = render(request, "errors/problem.html", facts, status=problem.status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response
