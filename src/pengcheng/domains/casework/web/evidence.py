"""Side by side: what was answered, and what stands for it, one piece after the other."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Case
from pengcheng.domains.casework.web import shown
from pengcheng.domains.casework.web.inbox import official
from pengcheng.kernel.web import page


@require_safe
@never_cache
@page(permission="casework.case.list")
def side_by_side(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The answers on the left; on the right one piece of evidence, with its neighbours."""
    context = official(request)
    case = api.get_case(context=context, case_id=str(case_id))
    place = _place(request, len(case.submission.evidence))
    facts = {
        "case": case,
        "title": case.title.text(context.language),
        "answers": shown.answers(case, context.language),
        **_piece(case, place, context.language),
    }
    return render(request, "casework/evidence.html", facts)


def _place(request: HttpRequest, count: int) -> int:
    asked = request.GET.get("n", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return min(max(number, 1), max(count, 1))


def _piece(case: Case, place: int, language: str) -> dict[str, Any]:
    pieces = case.submission.evidence
    if not pieces:
        return {"piece": None, "count": 0}
    found = shown.evidence(pieces[place - 1], language)
    own = found["url"].startswith("/") and not found["url"].startswith("//")
    return {
        "piece": found,
        "picture": f"{found['url'].rstrip('/')}/preview/" if own else "",
        "place": place,
        "count": len(pieces),
        "before": f"?n={place - 1}" if place > 1 else "",
        "after": f"?n={place + 1}" if place < len(pieces) else "",
    }
