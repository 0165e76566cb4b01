"""Letters as downloads: the applicant's newest, an official's list, and drafts before sending."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Step
from pengcheng.domains.casework.contracts.letters import LetterView
from pengcheng.domains.casework.web.forms import FORMS
from pengcheng.domains.casework.web.inbox import official
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page

OWN = "service.own-matter"


def download(body: bytes, name: str) -> HttpResponse:
    """Never into a page: as a file, and without any right of a page should it be opened as one."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@never_cache
@page(permission="casework.case.read")
def newest(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The applicant's letter about how the matter stands."""
    context: Context = request.context  # type: ignore[attr-defined]
    found, body = api.newest_letter(context=context.for_purpose(OWN), case_id=str(case_id))
    return download(body, f"{found.kind}-{found.sha256[:8]}")


@require_safe
@never_cache
@page(permission="casework.case.list")
def one(request: HttpRequest, case_id: UUID, letter_id: UUID) -> HttpResponse:
    """A letter that was sent, for the officials of the group."""
    told = {"case_id": str(case_id), "letter_id": str(letter_id)}
    found, body = api.read_letter(context=official(request), **told)
    return download(body, f"{found.kind}-{found.sha256[:8]}")


@require_POST
@never_cache
@page(permission="casework.case.decide")
def draft(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """How the letter would read with these words."""
    form = FORMS[Step(step)](request.POST)
    if not form.is_valid():
        raise Invalid(
            code="casework.letter.words",
            zh="请先填写理由",
            en="Give the reasons first",
            next_zh="返回填写后再预览。",
            next_en="Go back, write them and look again.",
        )
    told = form.cleaned_data
    body = api.draft_letter(
        context=official(request),
        case_id=str(case_id),
        step=Step(step),
        reason=told["reason"],
        legal_basis=told.get("legal_basis", ""),
    )
    return download(body, f"draft-{step}")


def shown(found: tuple[LetterView, ...], language: str) -> list[dict[str, Any]]:
    """Lines for the case page."""
    return [
        {
            "id": each.id,
            "title": each.title.text(language),
            "at": each.at,
            "fingerprint": each.sha256[:12],
        }
        for each in found
    ]
