"""The archivists' pages: find a package, see what is in it and what happened, decide on it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pengcheng.domains.licences.api import archives as api
from pengcheng.domains.licences.contracts.archives import (
    ArchivePackage,
    ArchiveQuery,
    ArchiveRow,
    ArchiveState,
    ArchiveStep,
    TakenForm,
)
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Invalid, NotFound
from pengcheng.kernel.web import page

PER_PAGE = 20
FORMS = (
    ArchiveStep.HELD,
    ArchiveStep.LET_GO,
    ArchiveStep.PROPOSED,
    ArchiveStep.KEPT_ON,
    ArchiveStep.DISPOSED,
)
KINDS = {
    ArchiveState.KEPT: "good",
    ArchiveState.PROPOSED: "warn",
    ArchiveState.DISPOSED: "neutral",
}


class ArchiveFilter(forms.Form):
    """Whatever does not fit is left out."""

    q = forms.CharField(label=gettext_lazy("Reference or title"), required=False, max_length=100)
    state = forms.ChoiceField(label=pgettext_lazy("package", "State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(state.value, words) for state, words in state_words().items()]
        due = ("due", _("Its time has run out"))
        self.fields["state"].choices = [("", _("Any")), *told, due]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


def state_words() -> dict[ArchiveState, str]:
    return {
        ArchiveState.KEPT: pgettext("package", "Kept"),
        ArchiveState.PROPOSED: pgettext("package", "Destruction proposed"),
        ArchiveState.DISPOSED: pgettext("package", "Destroyed"),
    }


def step_words() -> dict[ArchiveStep, tuple[str, str, str, str]]:
    """Each step: what happened, the button, its kind, what it does."""
    return {
        ArchiveStep.INGESTED: (pgettext("package", "Archived"), "", "", ""),
        ArchiveStep.CHECKED: (pgettext("package", "Checked"), "", "", ""),
        ArchiveStep.TAKEN: (pgettext("package", "Taken out as a file"), "", "", ""),
        ArchiveStep.HELD: (
            pgettext("package", "Held"), _("Place a hold"), "secondary",
            _("It cannot be destroyed until the hold is lifted."),
        ),
        ArchiveStep.LET_GO: (
            pgettext("package", "Hold lifted"), _("Lift the hold"), "secondary",
            _("It can be destroyed when its time has run out."),
        ),
        ArchiveStep.PROPOSED: (
            pgettext("package", "Destruction proposed"), _("Propose destruction"), "warning",
            _("Another person must approve it. Until then nothing is lost."),
        ),
        ArchiveStep.KEPT_ON: (
            pgettext("package", "Kept on"), pgettext("package", "Keep it"), "secondary",
            _("The proposal is turned down; the package stays."),
        ),
        ArchiveStep.DISPOSED: (
            pgettext("package", "Destroyed"), _("Approve destruction"), "warning",
            _("All its files are destroyed. Only its description and history stay."),
        ),
    }  # fmt: skip


def archivist(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("archive.keeping")


@page(permission="licences.archive.search")
@require_GET
@never_cache
def packages(request: HttpRequest) -> HttpResponse:
    context, form = archivist(request), ArchiveFilter(request.GET)
    form.is_valid()
    state, number = form.cleaned_data.get("state", ""), request.GET.get("page", "1")
    query = ArchiveQuery(
        text=form.cleaned_data.get("q", ""),
        state=ArchiveState(state) if state and state != "due" else None,
        due=state == "due",
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        size=PER_PAGE,
    )
    found = api.search_archive(context=context, query=query)
    facts = {
        "form": form,
        "filtered": bool(query.text or state),
        "total": found.total,
        "rows": [_line(row, context.language) for row in found.rows],
        "columns": _columns(),
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "licences/archives.html", facts)


def _columns() -> list[dict[str, str]]:
    titles = {
        "title": pgettext("package", "Case"),
        "reference": pgettext("package", "Reference"),
        "state": pgettext("package", "State"),
        "retention": _("Kept for"),
        "archived": pgettext("package", "Archived"),
    }
    return [{"key": key, "title": title} for key, title in titles.items()]


def title_of(row: ArchiveRow, language: str) -> str:
    return row.title_en if language.startswith("en") and row.title_en else row.title_zh


def tag_of(row: ArchiveRow) -> dict[str, str]:
    if not row.whole:
        return {"text": _("Damaged"), "kind": "bad"}
    if row.held:
        return {"text": pgettext("package", "Held"), "kind": "warn"}
    return {"text": state_words()[row.state], "kind": KINDS[row.state]}


def _line(row: ArchiveRow, language: str) -> dict[str, Any]:
    return {
        "title": {
            "text": title_of(row, language),
            "url": reverse("licences:archive", args=[row.id]),
        },
        "reference": row.reference,
        "state": tag_of(row),
        "retention": row.retention.en if language.startswith("en") else row.retention.zh,
        "archived": {"moment": row.archived_at},
    }


@page(permission="licences.archive.read")
@require_GET
@never_cache
def package(request: HttpRequest, package_id: UUID) -> HttpResponse:
    context = archivist(request)
    found = api.archive_package(context=context, package_id=str(package_id))
    facts = {
        "found": found,
        "title": title_of(found.row, context.language),
        "tag": tag_of(found.row),
        "summary": _summary(found, context.language),
        "contents": [{"path": path, "size": filesizeformat(size)} for path, size in found.contents],
        "timeline": _timeline(found),
        "actions": _actions(found),
        "may_check": ArchiveStep.CHECKED in found.steps,
    }
    return render(request, "licences/archive.html", facts)


def _summary(found: ArchivePackage, language: str) -> list[dict[str, Any]]:
    row, english = found.row, language.startswith("en")
    kept = row.retention.en if english else row.retention.zh
    if row.dispose_after:
        until = _("%(period)s, until %(day)s")
        kept = until % {"period": kept, "day": row.dispose_after.isoformat()}
    return [
        {"key": pgettext("package", "Reference"), "value": row.reference},
        {"key": _("Kept for"), "value": kept},
        {"key": _("Files"), "value": f"{row.files} · {filesizeformat(row.size)}"},
        {"key": _("Fingerprint (SHA-256)"), "value": found.digest},
    ]


def _timeline(found: ArchivePackage) -> list[dict[str, Any]]:
    told = step_words()
    return [
        {
            "title": told[event.step][0] if event.good else _("Checked: not whole"),
            "kind": "good" if event.good else "bad",
            "time": event.at,
            "by": event.actor_name or _("by the system"),
            "text": event.note if event.actor_id or not event.good else "",
        }
        for event in reversed(found.events)
    ]


def _actions(found: ArchivePackage) -> list[dict[str, str]]:
    told = step_words()
    return [
        {"step": step.value, "text": told[step][1], "kind": told[step][2]}
        for step in FORMS
        if step in found.steps
    ]


@page(permission="licences.archive.check")
@require_POST
def check(request: HttpRequest, package_id: UUID) -> HttpResponse:
    context = archivist(request)
    try:
        faults = api.check_package(context=context, package_id=str(package_id))
    except Conflict as problem:
        messages.error(request, problem.title(context.language))
    else:
        if faults:
            messages.error(request, _("The package is not whole; its history says what is wrong."))
        else:
            messages.success(request, _("Every file is as it was archived."))
    return redirect("licences:archive", package_id=package_id)


@page(permission="licences.archive.take")
@require_POST
def take(request: HttpRequest, package_id: UUID) -> HttpResponse:
    form: TakenForm = "e-ark" if request.POST.get("form") == "e-ark" else "bag"
    name, content = api.take_package(
        context=archivist(request), package_id=str(package_id), form=form
    )
    response = HttpResponse(content, content_type="application/x-tar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(permission="licences.archive.hold")
@require_http_methods(["GET", "POST"])
@never_cache
def step(request: HttpRequest, package_id: UUID, step: str) -> HttpResponse:
    """One form for all decisions: what it does is said above it, and it needs its reason."""
    context, chosen = archivist(request), _chosen(step)
    found = api.archive_package(context=context, package_id=str(package_id))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            api.archive_step(
                context=context, package_id=str(package_id), step=chosen, **form.cleaned_data
            )
        except (Conflict, Invalid) as problem:
            messages.error(request, problem.title(context.language))
        else:
            messages.success(request, _("Done. It is in the package's history."))
        return redirect("licences:archive", package_id=package_id)
    _done, text, kind, meaning = step_words()[chosen]
    facts = {"found": found, "title": title_of(found.row, context.language), "form": form}
    facts |= {"text": text, "kind": kind, "meaning": meaning}
    return render(request, "licences/archive_step.html", facts, status=422 if form.errors else 200)


def _chosen(step: str) -> ArchiveStep:
    for known in FORMS:
        if known.value == step:
            return known
    raise NotFound(
        code="licences.archive.step_not_found",
        zh="没有该操作",
        en="There is no such step",
        next_zh="请返回档案。",
        next_en="Go back to the package.",
    )
