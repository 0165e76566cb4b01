"""Tasks: the list of one's groups, and the page on which a task is answered."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Case, Dossier, ProcessView, StepView, TaskQuery
from pengcheng.domains.casework.web import process, shown, words
from pengcheng.domains.casework.web.inbox import official
from pengcheng.domains.casework.web.task_forms import AnswerForm, DelegateForm, ReturnForm
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kernel.web import page

TABS = ("group", "mine")
PER_PAGE = 20
FORMS: dict[str, type[forms.Form]] = {
    "complete": AnswerForm,
    "return": ReturnForm,
    "delegate": DelegateForm,
}
PAGES = {
    "complete": "casework:task",
    "return": "casework:task-return",
    "delegate": "casework:task-delegate",
}


@page(permission="casework.task.list")
@require_GET
@never_cache
def tasks(request: HttpRequest) -> HttpResponse:
    """Steps of processes that wait for an office of the asker's."""
    context = official(request)
    wanted = request.GET.get("tab", "group")
    scope = wanted if wanted in TABS else "group"
    number = request.GET.get("page", "1")
    query = TaskQuery(
        scope=scope,  # type: ignore[arg-type]
        text=request.GET.get("q", "")[:100],
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        size=PER_PAGE,
    )
    found = api.list_tasks(context=context, query=query)
    facts = {
        "tab": scope,
        "tabs": _tabs(context, scope),
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
        "rows": [process.task_row(each, context.language, context.actor.id) for each in found.rows],
    }
    return render(request, "casework/tasks.html", facts)


def _tabs(context: Context, current: str) -> list[dict[str, Any]]:
    titles = {"group": _("My groups"), "mine": _("My desk")}
    found = []
    for name, title in titles.items():
        query = TaskQuery(scope=name, size=1)  # type: ignore[arg-type]
        count = api.list_tasks(context=context, query=query).total
        found.append(
            {"title": title, "url": f"?tab={name}", "count": count, "current": name == current}
        )
    return found


@page(permission="casework.task.work")
@require_http_methods(["GET", "POST"])
@never_cache
def task(request: HttpRequest, case_id: UUID, step_id: str, act: str = "complete") -> HttpResponse:
    """A task with what is known about it, and the form for one of its acts."""
    context, key = official(request), str(case_id)
    dossier = api.dossier(context=context, case_id=key)
    step = _step(dossier.process, step_id)
    form = _form(request, context, key, step, act)
    if request.method == "POST" and form.is_valid():
        return _answer(request, case_id, step_id, act, form)
    status = 422 if request.method == "POST" else 200
    facts = _facts(context, dossier, step, act, form)
    return render(request, "casework/task.html", facts, status=status)


def _step(found: ProcessView, step_id: str) -> StepView:
    for step in found.steps:
        if step.id == step_id and step.kind == "task":
            return step
    raise NotFound(
        code="casework.task.not_found",
        zh="该办件没有此任务",
        en="The case has no such task",
        next_zh="请返回办件查看。",
        next_en="Go back to the case and look.",
    )


def _form(
    request: HttpRequest, context: Context, case_id: str, step: StepView, act: str
) -> forms.Form:
    more: dict[str, Any] = {}
    if act == "complete":
        more = {"outcomes": step.outcomes, "language": context.language}
    elif act == "delegate":
        told = {"case_id": case_id, "step_id": step.id}
        more = {"people": api.task_colleagues(context=context, **told)}
    return FORMS[act](request.POST if request.method == "POST" else None, **more)


def _facts(
    context: Context, dossier: Dossier, step: StepView, act: str, form: forms.Form
) -> dict[str, Any]:
    found, language = dossier.case, context.language
    here = [found.id, step.id]
    return {
        "case": found,
        "title": found.title.text(language),
        "step": process.line(step, dossier.process, language, context.actor.id),
        "text": process.label_of(step.text, language),
        "act": act,
        "act_title": act_words()[act],
        "form": form,
        "others": [
            {"text": act_words()[name], "url": reverse(url, args=here)}
            for name, url in PAGES.items()
            if name in step.can and name != act
        ],
        "allowed": act in step.can,
        "people": getattr(form, "people", None),
        "answers": shown.answers(found, language),
        "evidence": [shown.evidence(each, language) for each in found.submission.evidence],
        "state": words.state_tag(found.state),
    }


def act_words() -> dict[str, str]:
    return {
        "complete": pgettext("task", "Answer the task"),
        "return": pgettext("task", "Request a correction"),
        "delegate": pgettext("task", "Hand to a colleague"),
        "claim": pgettext("task", "Claim this task"),
        "release": pgettext("task", "Give back to the group"),
    }


@page(permission="casework.task.work")
@require_POST
def quick(request: HttpRequest, case_id: UUID, step_id: str, act: str) -> HttpResponse:
    """Claim or give back: one press."""
    acts = {"claim": api.claim_task, "release": api.release_task}
    said = {"claim": _("The task is on your desk."), "release": _("The task is with its group.")}
    told = {"case_id": str(case_id), "step_id": step_id}
    done = _try(request, lambda context: acts[act](context=context, **told), said[act])
    if done and act == "claim":
        return redirect("casework:task", case_id=case_id, step_id=step_id)
    return redirect("casework:case", case_id=case_id)


def _answer(
    request: HttpRequest, case_id: UUID, step_id: str, act: str, form: forms.Form
) -> HttpResponse:
    told: dict[str, Any] = {"case_id": str(case_id), "step_id": step_id}
    given = form.cleaned_data
    acts: dict[str, Callable[[Context], Case]] = {
        "complete": lambda context: api.complete_task(
            context=context, outcome=given.get("outcome", ""), note=given["note"], **told
        ),
        "return": lambda context: api.return_for_correction(
            context=context, reason=given["reason"], **told
        ),
        "delegate": lambda context: api.delegate_task(
            context=context,
            assignee=form.person(),  # type: ignore[attr-defined]
            reason=given["reason"],
            **told,
        ),
    }
    _try(request, acts[act], _("Done. It is in the journal."))
    return redirect("casework:case", case_id=case_id)


def _try(request: HttpRequest, act: Callable[[Context], Case], said: str) -> bool:
    """A colleague who was faster is named on the page that follows."""
    context = official(request)
    try:
        act(context)
    except (Conflict, Denied, Invalid) as problem:
        text = f"{problem.title(context.language)}. {problem.next_step(context.language)}"
        messages.error(request, text.replace("。.", "。"))
        return False
    messages.success(request, said)
    return True
