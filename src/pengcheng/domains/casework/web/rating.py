"""Rating one's own matter: signed in, or with number and code. Grade first, then its points."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts.ratings import (
    GRADES,
    NewRating,
    Rating,
    RatingOffer,
    Rectification,
    Tag,
)
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Invalid, NotFound, Problem, TooMany
from pengcheng.kernel.web import page

TICKET = "casework_rating"
FORM = require_http_methods(["GET", "HEAD", "POST"])
Give = Callable[[NewRating], Rating]


class GradeForm(forms.Form):
    """The one thing that is needed."""

    grade = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied are you?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a grade.")},
    )

    def __init__(self, *args: object, language: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(grade, label.text(language)) for grade, label in GRADES.items()]
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]


class PointsForm(forms.Form):
    """What may be added to the grade; nothing has to."""

    tags = forms.MultipleChoiceField(
        label=gettext_lazy("What was it about?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("At most 500 characters. Please leave out names and numbers."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: object, language: str, tags: tuple[Tag, ...], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["tags"].choices = [(t.id, t.label.text(language)) for t in tags]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """Number and code, as they stand on the receipt."""

    reference = forms.CharField(
        label=gettext_lazy("Reference number"),
        help_text=gettext_lazy("On your receipt, such as SZ-2026-000042-K."),
        max_length=40,
        error_messages={"required": gettext_lazy("Write the reference number.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Look-up code"),
        help_text=gettext_lazy("You were shown it once, when you applied."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the look-up code.")},
    )


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined, no-any-return]


@FORM
@never_cache
@page(permission="casework.rating.give")
def rate(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The applicant's own page for one matter."""
    context, key = _context(request), str(case_id)
    offer = api.rating_offer(context=context, case_id=key)
    return _rating_page(request, offer, lambda new: api.rate(context=context, case_id=key, new=new))


@FORM
@never_cache
@sensitive_post_parameters("code")
@page(public=True)
def by_number(request: HttpRequest) -> HttpResponse:
    """Number and code open the same page for half an hour; both stay out of addresses and logs."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                told = api.rating_ticket(context=_context(request), **form.cleaned_data)
            except (Invalid, NotFound, TooMany) as problem:
                status = problem.status
                form.add_error(None, _said(problem, _context(request).language))
            else:
                request.session[TICKET] = told
                return redirect("casework:rate-by-number")
    return render(request, "casework/rating_by_number.html", {"form": form}, status=status)


def _said(problem: Problem, language: str) -> list[str]:
    return [problem.title(language), problem.next_step(language)]


@FORM
@never_cache
@page(public=True)
def rate_by_number(request: HttpRequest) -> HttpResponse:
    """The page behind number and code."""
    context, ticket = _context(request), str(request.session.get(TICKET, ""))
    try:
        offer = api.rating_offer_by_ticket(context=context, ticket=ticket)
    except NotFound as problem:
        messages.warning(request, problem.title(context.language))
        return redirect("casework:rating-by-number")
    return _rating_page(
        request, offer, lambda new: api.rate_by_ticket(context=context, ticket=ticket, new=new)
    )


def _rating_page(request: HttpRequest, offer: RatingOffer, give: Give) -> HttpResponse:
    """First the grade, asked by address; then its points, sent."""
    grade = _grade(request, _context(request).language) if offer.round else None
    if grade is None:
        return _ask_grade(request, offer)
    return _ask_points(request, offer, grade, give)


def _ask_grade(request: HttpRequest, offer: RatingOffer) -> HttpResponse:
    if offer.round is None:
        return _show(request, offer, {}, 200)
    asked = request.GET if "grade" in request.GET else None
    form = GradeForm(asked, language=_context(request).language)
    return _show(request, offer, {"form": form}, 422 if form.errors else 200)


def _ask_points(request: HttpRequest, offer: RatingOffer, grade: int, give: Give) -> HttpResponse:
    language = _context(request).language
    tags = tuple(tag for tag in offer.tags if grade in tag.grades)
    sent = request.POST if request.method == "POST" else None
    form = PointsForm(sent, language=language, tags=tags)
    if sent is not None and form.is_valid():
        told = form.cleaned_data
        give(NewRating(grade=grade, tags=tuple(told["tags"]), text=told["text"]))
        messages.success(request, _thanks(grade))
        return redirect(request.path)
    facts = {"form": form, "grade": GRADES[grade].text(language)}
    return _show(request, offer, facts, 422 if form.errors else 200)


def _grade(request: HttpRequest, language: str) -> int | None:
    form = GradeForm(request.GET, language=language)
    return form.cleaned_data["grade"] if form.is_valid() else None


def _thanks(grade: int) -> str:
    if grade <= 2:
        return _("Thank you. Someone who did not handle your matter looks into it and answers you.")
    return _("Thank you for telling us.")


def _show(
    request: HttpRequest, offer: RatingOffer, facts: dict[str, Any], status: int
) -> HttpResponse:
    language = _context(request).language
    told = {
        "offer": offer,
        "title": offer.title.text(language),
        "why_not": offer.why_not.text(language) if offer.why_not else "",
        "again": offer.round == "again",
        "changing": offer.round == "changed",
        "given": [_given(each, language) for each in offer.given],
        "loop": _loop(offer.rectification),
        "rectification": offer.rectification,
        "anew": request.path,
        "league": reverse("casework:ratings"),
    }
    return render(request, "casework/rating.html", told | facts, status=status)


def _given(each: Rating, language: str) -> dict[str, Any]:
    titles = {
        "first": _("You rated this"),
        "changed": _("You corrected your rating"),
        "again": _("You rated it again after the answer"),
    }
    points = [tag.label.text(language) for tag in each.tags]
    grade = GRADES[each.grade].text(language)
    return {
        "title": f"{titles[each.round]}: {grade}",
        "time": each.at,
        "text": "\n".join([*points, each.text] if each.text else points),
        "kind": "bad" if each.grade <= 2 else "good",
    }


def _loop(found: Rectification | None) -> list[dict[str, Any]]:
    """The three steps of the answer, as a task list."""
    if found is None:
        return []
    steps = [
        (_("Look into it"), found.verified or found.done, found.verify_by),
        (_("Mend what was wrong"), found.mended or found.done, found.mend_by),
        (_("Answer you"), found.done, found.reply_by),
    ]
    return [
        {"name": name, "done": done, "by": by, "skipped": name == steps[1][0] and _unfounded(found)}
        for name, done, by in steps
    ]


def _unfounded(found: Rectification) -> bool:
    return found.confirmed is False
