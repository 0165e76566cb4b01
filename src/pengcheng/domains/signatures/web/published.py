"""For programs: the time stamp authority, the root, what it took back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.signatures import api
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import paced
from pengcheng.kernel.problems import BadRequest
from pengcheng.kernel.web import page, problem_response

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


@page(public=True)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@paced("time-stamp")
def tsa(request: HttpRequest) -> HttpResponse:
    """RFC 3161 over HTTP. Needs no forgery guard: it acts for nobody."""
    if request.method != "POST":
        return render(request, "signatures/tsa.html", {})
    if request.content_type != QUERY:
        return problem_response(
            request,
            BadRequest(
                code="signatures.time.media_type",
                zh=f"请求须为 {QUERY}",
                en=f"The request must be {QUERY}",
                next_zh="请按 RFC 3161 第3.4节发送。",
                next_en="Send it as in RFC 3161, section 3.4.",
            ),
        )
    context: Context = request.context  # type: ignore[attr-defined]
    answer = api.time_stamp(context=context, request=request.body)
    return HttpResponse(answer, content_type=REPLY)


@page(public=True)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Whoever checks our seals elsewhere takes these once."""
    answer = HttpResponse(api.authority_certificates(), content_type="application/x-pem-file")
    answer.headers["Content-Disposition"] = 'attachment; filename="pengcheng-authority.pem"'
    return answer


@page(public=True)
@require_safe
def revocations(request: HttpRequest) -> HttpResponse:
    return HttpResponse(api.revocation_list(), content_type="application/pkix-crl")
