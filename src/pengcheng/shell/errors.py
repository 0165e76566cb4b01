"""Pages for requests that go wrong before or outside a domain."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pengcheng.kernel.context import anonymous_context
from pengcheng.kernel.problems import BadRequest, Denied, NotFound, Problem
from pengcheng.kernel.web import page, problem_response


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    if not hasattr(request, "context"):
        language = getattr(request, "LANGUAGE_CODE", "zh-hans")
        request.context = anonymous_context(language=language)  # type: ignore[attr-defined]
    return problem_response(request, problem)


@page(public=True)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's guard against forgery did not fit, mostly because a page was open for long."""
    return _answer(
        request,
        Denied(
            code="shell.form.stale",
            zh="页面已过期，未提交任何内容",
            en="This page is out of date; nothing was sent",
            next_zh="请返回上一页，刷新后重新提交。",
            next_en="Go back, reload the page and send it again.",
        ),
    )


@page(public=True)
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read."""
    return _answer(
        request,
        BadRequest(
            code="shell.request.unreadable",
            zh="无法读取该请求",
            en="The request cannot be read",
            next_zh="请检查网址或表单内容后重试。",
            next_en="Check the address or the form and try again.",
        ),
    )


@page(public=True)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing stands at this address."""
    return _answer(
        request,
        NotFound(
            code="shell.page.not_found",
            zh="找不到这个页面",
            en="There is no such page",
            next_zh="请检查网址，或从首页重新查找。",
            next_en="Check the address, or start again from the home page.",
        ),
    )
