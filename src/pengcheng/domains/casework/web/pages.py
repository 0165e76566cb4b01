"""The page of one case, and the steps an official takes there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Case, Step
from pengcheng.domains.casework.web import letters, process, rectifying, shown, words
from pengcheng.domains.casework.web.forms import (
    CONFIRMED,
    FORMS,
    AssignForm,
    StepForm,
    first_values,
)
from pengcheng.domains.casework.web.inbox import official, version_of
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, NotFound
from pengcheng.kernel.web import page

Act = Callable[..., Case]


@page(permission="casework.case.read")
@require_GET
@never_cache
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Answers beside evidence, what can be done, and everything that was done."""
    context = official(request)
    dossier = api.dossier(context=context, case_id=str(case_id))
    found, entries, language = dossier.case, dossier.journal, context.language
    steps = process.facts(context, dossier.process)
    labels = {each["id"]: each["label"] for each in steps["process_steps"]}
    facts = {
        "case": found,
        "title": found.title.text(language),
        "state": words.state_tag(found.state),
        "clock": words.clock_tag(found.clock),
        "due": words.due_text(found.clock),
        "summary": shown.summary(found, language),
        "answers": shown.answers(found, language),
        "evidence": [shown.evidence(each, language) for each in found.submission.evidence],
        "trace": shown.trace(entries, language),
        "timeline": shown.timeline(entries, found, language, labels),
        "report": dossier.report,
        "head": dossier.report.head[:16],
        "actions": _actions(found),
        "quick": [name for name in QUICK if Step(name) in found.steps],
        "held_by": _held_by(found, context),
        "own": found.owner.id == context.actor.id,
        "letters": letters.shown(dossier.letters, language),
    }
    facts |= rectifying.facts(context, dossier) | steps
    return render(request, "casework/case.html", facts)


def _held_by(found: Case, context: Context) -> str:
    """The colleague who has the case, if it is not the asker."""
    if found.assignee is None or found.assignee.id == context.actor.id:
        return ""
    return found.assignee.name


QUICK = ("claim", "release")


def _actions(found: Case) -> list[dict[str, str]]:
    """The steps that need words, as links to their page."""
    return [
        {"step": step.value, "text": text, "kind": kind}
        for step, (text, kind) in _step_titles().items()
        if step in found.steps
    ]


def _step_titles() -> dict[Step, tuple[str, str]]:
    return {
        Step.GRANT: (pgettext("action", "Grant"), "primary"),
        Step.REFUSE: (pgettext("action", "Refuse"), "warning"),
        Step.OVERTURN: (pgettext("action", "Overturn and grant"), "primary"),
        Step.UPHOLD: (pgettext("action", "Uphold the refusal"), "warning"),
        Step.REQUEST_CORRECTION: (pgettext("action", "Request a correction"), "secondary"),
        Step.SUSPEND: (pgettext("action", "Begin a special procedure"), "secondary"),
        Step.RESUME: (pgettext("action", "End the special procedure"), "primary"),
        Step.ASSIGN: (pgettext("action", "Hand to a colleague"), "secondary"),
    }


@page(permission="casework.case.claim")
@require_POST
def quick_step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """Claim or release: no words needed, one press."""
    act: Act = {"claim": api.claim, "release": api.release}[step]
    said = {"claim": _("The case is on your desk."), "release": _("The case is with its group.")}
    told = {"case_id": str(case_id), "version": version_of(request.POST.get("version", ""))}
    return _take(request, case_id, lambda context: act(context=context, **told), said[step])


@page(permission="casework.case.decide")
@require_http_methods(["GET", "POST"])
@never_cache
def worded_step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """A step with reasons: written, read over once more, then taken."""
    context, chosen = official(request), _chosen(step)
    found = api.get_case(context=context, case_id=str(case_id))
    form = _form(request, context, chosen, found)
    if request.method == "GET" or not form.is_valid() or request.POST.get("back"):
        status = 422 if request.method == "POST" and form.errors else 200
        return render(
            request, "casework/step.html", _facts(context, found, chosen, form), status=status
        )
    if chosen in CONFIRMED and request.POST.get("confirmed") != "yes":
        return render(request, "casework/confirm.html", _facts(context, found, chosen, form))
    return _take(
        request,
        case_id,
        lambda context: _WORDED[chosen](context, str(case_id), form),
        _("Done. It is in the journal."),
    )


def _chosen(step: str) -> Step:
    for known in FORMS:
        if known.value == step:
            return known
    raise NotFound(
        code="casework.step.not_found",
        zh="没有该操作",
        en="There is no such step",
        next_zh="请返回办件。",
        next_en="Go back to the case.",
    )


def _form(request: HttpRequest, context: Context, step: Step, found: Case) -> StepForm:
    more: dict[str, Any] = {}
    if step == Step.ASSIGN:
        more["people"] = api.colleagues(context=context, case_id=found.id)
    if request.method == "POST":
        return FORMS[step](request.POST, **more)
    values = first_values(step, found)
    blocks, chosen = api.reason_blocks(step=step), request.GET.get("block", "")
    if chosen.isascii() and chosen.isdigit() and int(chosen[:3]) < len(blocks):
        values["reason"] = blocks[int(chosen)].text(context.language)
    return FORMS[step](initial=values, **more)


def _facts(context: Context, found: Case, step: Step, form: StepForm) -> dict[str, Any]:
    text, kind = _step_titles()[step]
    return {
        "case": found,
        "title": found.title.text(context.language),
        "step": step.value,
        "text": text,
        "kind": kind,
        "confirm_kind": {"primary": "good", "warning": "bad"}.get(kind, "warn"),
        "form": form,
        "allowed": step in found.steps,
        "summary": shown.summary(found, context.language),
        "people": getattr(form, "people", None),
        "blocks": [
            {"text": each.text(context.language), "url": f"?block={number}"}
            for number, each in enumerate(api.reason_blocks(step=step))
        ],
        "draft_url": _draft_url(found, step),
    }


def _draft_url(found: Case, step: Step) -> str:
    """Where a draft of the letter comes from, for the steps that send one."""
    if step not in CONFIRMED or step == Step.SUSPEND:
        return ""
    return reverse(f"casework:draft-{step.value}", args=[found.id])


def _take(
    request: HttpRequest, case_id: UUID, act: Callable[[Context], Case], said: str
) -> HttpResponse:
    """Take the step; a colleague who was faster or a rule in the way is told on the case's page."""
    context = official(request)
    try:
        act(context)
    except (Conflict, Denied) as problem:
        text = f"{problem.title(context.language)}. {problem.next_step(context.language)}"
        messages.error(request, text.replace("。.", "。"))
    else:
        messages.success(request, said)
    return redirect("casework:case", case_id=case_id)


def _told(form: StepForm) -> dict[str, Any]:
    told = form.cleaned_data
    return {"version": told["version"], "reason": told["reason"]}


def _assign(context: Context, case_id: str, form: AssignForm) -> Case:
    return api.assign(context=context, case_id=case_id, assignee=form.person(), **_told(form))


def _correct(context: Context, case_id: str, form: StepForm) -> Case:
    return api.request_correction(context=context, case_id=case_id, **_told(form))


def _suspend(context: Context, case_id: str, form: StepForm) -> Case:
    told = form.cleaned_data
    more = {"legal_basis": told["legal_basis"], "days": told["days"] or 0}
    return api.suspend(context=context, case_id=case_id, **_told(form), **more)


def _resume(context: Context, case_id: str, form: StepForm) -> Case:
    return api.resume(context=context, case_id=case_id, **_told(form))


def _decide(outcome: Any) -> Act:
    def act(context: Context, case_id: str, form: StepForm) -> Case:
        grounds = _told(form) | {"legal_basis": form.cleaned_data["legal_basis"]}
        decide: Act = api.decide if outcome in {"granted", "refused"} else api.decide_appeal
        return decide(context=context, case_id=case_id, outcome=outcome, **grounds)

    return act


_WORDED: dict[Step, Act] = {
    Step.ASSIGN: _assign,
    Step.REQUEST_CORRECTION: _correct,
    Step.SUSPEND: _suspend,
    Step.RESUME: _resume,
    Step.GRANT: _decide("granted"),
    Step.REFUSE: _decide("refused"),
    Step.UPHOLD: _decide("upheld"),
    Step.OVERTURN: _decide("overturned"),
}
