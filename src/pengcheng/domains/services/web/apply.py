"""Applying: one page of questions at a time, saved as one goes, checked, then sent once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import DraftView, UploadView
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import drawing
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition, Page, Question

FORM = require_http_methods(["GET", "HEAD", "POST"])
RIGHT = "services.application.start"
CODES = "services.codes"
"""Where a session keeps look-up codes, so that the receipt can be read again until signing out."""


class Sheet:
    """A draft with its form and answers, as the pages need them."""

    def __init__(self, request: HttpRequest, draft_id: str) -> None:
        self.context = asker(request)
        self.tongue = language(request)
        self.draft: DraftView = api.get_draft(context=self.context, draft_id=draft_id)
        self.item = api.get_item(code=self.draft.item_code)
        self.form: Definition = api.form_for(code=self.draft.item_code)
        self.answers = answering.read(dict(self.draft.answers))

    def pages(self) -> tuple[Page, ...]:
        return answering.path(self.form, self.answers)

    def page(self, page_id: str) -> Page:
        found = next((page for page in self.pages() if page.id == page_id), None)
        if found is None:
            raise Http404
        return found

    def files(self) -> dict[str, UploadView]:
        kept = api.files_of_draft(context=self.context, draft_id=self.draft.id)
        return {file.question: file for file in kept}

    def title(self) -> Any:
        return said.title(self.item, self.tongue)

    def url(self, page_id: str) -> str:
        return reverse("services:apply-page", args=[self.draft.id, page_id])

    def next_open(self) -> str:
        """Where to go on: the first page with something missing, else the check."""
        gaps = answering.missing(self.form, self.answers)
        if gaps:
            return self.url(gaps[0][0].id)
        return reverse("services:apply-check", args=[self.draft.id])


@FORM
@page(public=True)
def before(request: HttpRequest, code: str) -> HttpResponse:
    """What to have at hand; the button begins (or takes up) the draft. Signing in comes here."""
    item = api.get_item(code=code)
    if request.method == "POST":
        return _begin(request, code)
    tongue = language(request)
    form = api.form_for(code=code)
    facts = {
        "item": item,
        "title": said.title(item, tongue),
        "department": said.department(item, tongue),
        "before": [text.text(tongue) for text in form.before],
        "materials": [said.zh(name, tongue) for name in item.materials],
        "pages": [one.title.text(tongue) for one in form.pages],
        "instant": api.decided_instantly(code=code),
        "own_form": api.has_own_form(code=code),
        "how_long": said.how_long(item),
        "signed_in": asker(request).actor.kind != "anonymous",
    }
    return asking.show(request, "before.html", facts)


def _begin(request: HttpRequest, code: str) -> HttpResponse:
    if asker(request).actor.kind == "anonymous":  # signed out meanwhile: come back here
        return redirect_to_login(request.path)
    draft = api.start_application(context=asker(request), code=code)
    return redirect("services:apply", draft.id)


@FORM
@never_cache
@page(permission=RIGHT)
def resume(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Go on where one stopped."""
    return redirect(Sheet(request, str(draft_id)).next_open())


@FORM
@never_cache
@page(permission=RIGHT)
def question_page(request: HttpRequest, draft_id: str, page_id: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    current = sheet.page(page_id)
    if request.method != "POST":
        form = drawing.page_form(current, sheet.answers, sheet.tongue)
        return _draw(request, sheet, current, form)
    form = drawing.page_form(current, sheet.answers, sheet.tongue, request.POST, request.FILES)
    if not form.is_valid():
        return _draw(request, sheet, current, form, status=422)
    _keep(sheet, current, form)
    if "leave" in request.POST:
        messages.success(request, _("Your answers are saved. Go on from My matters at any time."))
        return redirect("services:matters")
    return HttpResponseRedirect(_after(request, str(draft_id), page_id))


def _after(request: HttpRequest, draft_id: str, page_id: str) -> str:
    """The next page; somebody who came from the check goes back to it when nothing is missing."""
    sheet = Sheet(request, draft_id)
    following = answering.after(sheet.form, sheet.answers, page_id)
    if following is None or request.GET.get("from") == "check":
        return sheet.next_open()
    return sheet.url(following.id)


def _keep(sheet: Sheet, current: Page, form: Any) -> None:
    values = drawing.cleaned(form, current, sheet.answers)
    for question in answering.asked(current, sheet.answers):
        file = form.cleaned_data.get(question.id) if question.kind == "file" else None
        if file:
            api.attach_file(
                context=sheet.context,
                draft_id=sheet.draft.id,
                question=question.id,
                file=file,
                checked=file.checked,
            )
    if values:
        api.save_answers(context=sheet.context, draft_id=sheet.draft.id, answers=values)


def _draw(
    request: HttpRequest, sheet: Sheet, current: Page, form: Any, status: int = 200
) -> HttpResponse:
    pages = sheet.pages()
    earlier = answering.before(sheet.form, sheet.answers, current.id)
    files = sheet.files()
    asked = [q for q in answering.asked(current, sheet.answers) if q.id in files]
    facts = {
        "draft": sheet.draft,
        "title": sheet.title(),
        "page": current,
        "page_title": current.title.text(sheet.tongue),
        "intro": current.intro.text(sheet.tongue),
        "form": form,
        "multipart": any(q.kind == "file" for q in current.questions),
        "back": sheet.url(earlier.id)
        if earlier
        else reverse("services:before", args=[sheet.item.task_code]),
        "number": [one.id for one in pages].index(current.id) + 1,
        "count": len(pages) + 1,
        "kept": [
            {"question": q.id, "label": q.label.text(sheet.tongue), "file": files[q.id]}
            for q in asked
        ],
        "confirmed": _confirmed(current, sheet.answers),
    }
    return asking.show(request, "question.html", facts, status)


def _confirmed(current: Page, answers: answering.Answers) -> bool:
    """Whether the page shows something that a register knew."""
    return any(
        question.id in answers and answers[question.id].source == "account"
        for question in current.questions
    )


# --- check and send ---------------------------------------------------------------------


@FORM
@never_cache
@page(permission=RIGHT)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    if request.method == "POST":
        return _send(request, sheet)
    if sheet.draft.case_id and not _correcting(sheet):
        return redirect("services:matter", sheet.draft.case_id)
    return _check_page(request, sheet, [])


def _correcting(sheet: Sheet) -> bool:
    case, _history = api.get_matter(context=sheet.context, case_id=sheet.draft.case_id)
    return bool(case.state == "correction_requested")


def _check_page(
    request: HttpRequest, sheet: Sheet, errors: list[dict[str, str]], status: int = 200
) -> HttpResponse:
    files = sheet.files()
    gaps = {question.id for _page, question in answering.missing(sheet.form, sheet.answers)}
    sections = [
        {
            "title": one.title.text(sheet.tongue),
            "rows": [
                _row(sheet, one, question, files, question.id in gaps)
                for question in answering.asked(one, sheet.answers)
            ],
        }
        for one in sheet.pages()
    ]
    facts = {
        "draft": sheet.draft,
        "title": sheet.title(),
        "sections": sections,
        "errors": errors,
        "ready": not gaps,
        "instant": api.decided_instantly(code=sheet.item.task_code),
        "correcting": bool(sheet.draft.case_id),
        "back": sheet.url(sheet.pages()[-1].id),
    }
    return asking.show(request, "check.html", facts, status)


def _row(
    sheet: Sheet, current: Page, question: Question, files: dict[str, UploadView], missing: bool
) -> dict[str, Any]:
    answer = sheet.answers.get(question.id)
    text: Any = answering.shown(question, answer, sheet.tongue)
    if question.kind == "file" and question.id in files:
        text = _file_line(files[question.id])
    if not text:
        text = _("Still to be answered") if missing else _("Nothing given")
    label = question.label.text(sheet.tongue)
    only_chinese = said.english(sheet.tongue) and not question.label.en
    change = f"{sheet.url(current.id)}?from=check#id_{question.id}"
    return {
        "key": said.zh(label, sheet.tongue) if only_chinese else label,
        "value": format_html("{} · {}", text, origin(answer)) if origin(answer) else text,
        "actions": [{"url": change, "text": _("Change"), "hidden": label}],
    }


def origin(answer: Answer | None) -> str:
    """Where an answer comes from when it was not typed by the person."""
    if answer is None or answer.source == answering.DECLARED:
        return _("changed by you") if answer is not None and answer.edited_by_user else ""
    return {"account": _("from your account"), "upload": ""}.get(answer.source, "")


def _file_line(file: UploadView) -> str:
    return f"{file.name} ({max(1, file.size // 1024)} kB)"


def _send(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    try:
        if sheet.draft.case_id and _correcting(sheet):
            return _add(request, sheet)
        applied = api.submit(context=sheet.context, draft_id=sheet.draft.id)
    except Invalid as problem:
        return _check_page(request, sheet, _errors(sheet, problem), status=422)
    if applied.code:
        kept = request.session.get(CODES, {})
        request.session[CODES] = {**kept, applied.case_id: applied.code}
    return redirect("services:done", applied.case_id)


def _add(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    note = request.POST.get("note", "")[:1000]
    api.supplement(context=sheet.context, case_id=sheet.draft.case_id, note=note)
    messages.success(request, _("Your addition was sent."))
    return redirect("services:matter", sheet.draft.case_id)


def _errors(sheet: Sheet, problem: Invalid) -> list[dict[str, str]]:
    """Each missing answer with a link to its page."""
    places = {q.id: page.id for page, q in answering.missing(sheet.form, sheet.answers)}
    found = []
    for error in problem.errors:
        question = error.pointer.rsplit("/", 1)[-1]
        href = f"{sheet.url(places[question])}?from=check#id_{question}"
        text = error.en if said.english(sheet.tongue) else error.zh
        found.append({"text": text, "href": href})
    return found


@require_POST
@page(permission=RIGHT)
def remove_file(request: HttpRequest, draft_id: str, question: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    api.detach_file(context=sheet.context, draft_id=sheet.draft.id, question=question)
    places = [one for one in sheet.pages() if any(q.id == question for q in one.questions)]
    return redirect(sheet.url(places[0].id) if places else sheet.next_open())


@require_POST
@page(permission=RIGHT)
def discard(request: HttpRequest, draft_id: str) -> HttpResponse:
    api.discard_draft(context=asker(request), draft_id=str(draft_id))
    messages.success(request, _("The draft was thrown away."))
    return redirect("services:matters")
