"""What came of an application: decision and reasons, the licence, what next, the way to appeal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.casework.contracts import Case, JournalEntry, State
from pengcheng.domains.casework.contracts import Step as CaseStep
from pengcheng.domains.licences import api as licences
from pengcheng.domains.services import api
from pengcheng.domains.services.api import registers
from pengcheng.domains.services.web import asking, said, shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.domains.services.web.checked import CODES
from pengcheng.kernel.web import page

RIGHT = "services.matter.read"
QUICK = 60.0
"""Seconds up to which it is worth saying how long the decision took."""


@require_safe
@never_cache
@page(permission=RIGHT)
def done(request: HttpRequest, case_id: str) -> HttpResponse:
    """The receipt: number, code, and the decision if there is one already."""
    context, tongue = asker(request), language(request)
    case, history = api.get_matter(context=context, case_id=str(case_id))
    facts = {
        "case": case,
        **shown.line(case, tongue),
        "heading": heading(case),
        "refused": case.state is State.REFUSED,
        "decision": shown.decision(case, history, tongue),
        "took": took(case, history),
        "reading": reading(case, tongue),
        "given": given(request, case),
        "next": following(case, tongue),
        "waits": waits(request, case),
        "code": request.session.get(CODES, {}).get(case.id, ""),
        "department": shown.department(case.item_code, case.department, tongue),
        "can_appeal": CaseStep.APPEAL in case.steps,
        "appeal_until": case.appeal_until and said.day(case.appeal_until),
    }
    return asking.show(request, "done.html", facts)


def heading(case: Case) -> str:
    """The first thing that people want to know."""
    if case.state is State.REFUSED:
        return _("Your application is refused")
    if case.outcome == "granted":
        return _("Your application is granted")
    return _("Application sent")


def given(request: HttpRequest, case: Case) -> dict[str, str]:
    """The licence that the case gave, with its name in the reader's language."""
    id, number = api.licence_of_matter(context=asker(request), case_id=case.id)
    entry = api.built_item(code=case.item_code)
    if not number or entry is None:
        return {}
    kind = licences.get_type(type=entry.licence)
    return {"id": id, "number": number, "name": kind.name.text(language(request))}


def following(case: Case, tongue: str) -> Any:
    """What the person does next: the item's own words where it has some."""
    entry = api.built_item(code=case.item_code)
    if case.outcome == "granted" and entry is not None and entry.next_zh:
        return entry.next_en if said.english(tongue) else entry.next_zh
    return shown.next_step(case)


def took(case: Case, history: tuple[JournalEntry, ...]) -> str:
    """How long a rule needed, from the opening to the decision."""
    if not case.automatic or case.decided_at is None:
        return ""
    seconds = (case.decided_at - history[0].at).total_seconds()
    if seconds < 1:
        return _("Decided in less than a second.")
    return _("Decided in %(seconds)d seconds.") % {"seconds": seconds} if seconds < QUICK else ""


def reading(case: Case, tongue: str) -> str:
    """How words of the item are read that can be read in two ways."""
    return api.reading_of_item(code=case.item_code, english=said.english(tongue))


def waits(request: HttpRequest, case: Case) -> str:
    """What it waits for when a register did not answer."""
    title = registers.register_awaited(context=asker(request), case_id=case.id)
    if title is None:
        return ""
    words = _("%(register)s does not answer just now. You need do nothing: it goes on by itself.")
    return words % {"register": title.text(language(request))}
