"""Every component on one page, for those who build and judge pages; only where DEBUG is on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pengcheng.kernel import clock
from pengcheng.kernel.web import page
from pengcheng.kit.pages.fields import DayField
from pengcheng.shell.context import face_of

KINDS = ("neutral", "waiting", "active", "good", "done", "warn", "bad")
ICONS = (
    "person people home document inbox map pin sensor alert screen chart clock calendar shield key "
    "gear building book heart list plus upload download link weather search info good bad warning"
)


class SampleForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Full name"), help_text=gettext_lazy("As on the card")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False)
    day = DayField(label=gettext_lazy("Day of the visit"))
    district = forms.ChoiceField(
        label=gettext_lazy("District of residence"),
        choices=[
            ("", "–"),
            ("440304", gettext_lazy("Futian")),
            ("440305", gettext_lazy("Nanshan")),
        ],
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How shall we answer?"),
        widget=forms.RadioSelect,
        choices=[("sms", gettext_lazy("Text message")), ("post", gettext_lazy("Letter"))],
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What do you need?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("ramp", gettext_lazy("A ramp")), ("sign", gettext_lazy("Sign language"))],
    )
    file = forms.FileField(label=gettext_lazy("Proof of address"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("What I have stated is true."))


@page(public=True)
def show(request: HttpRequest) -> HttpResponse:
    """The gallery in the face of its address."""
    form = SampleForm({"way": "sms", "name": ""})
    return render(request, f"shell/gallery_{face_of(request.path)}.html", {**facts(), "form": form})


def facts() -> dict[str, Any]:
    """Sample values, all invented."""
    now = clock.now()
    return {
        "fresh_form": SampleForm(auto_id="fresh_%s"),
        "crumbs": [{"title": _("Home page"), "url": "/"}, {"title": _("Gallery")}],
        "kinds": KINDS,
        "icons": ICONS.split(),
        "moment": now - timedelta(minutes=7),
        "page": Paginator(range(180), 10).page(4),
        "titles": [_("Check"), _("Your details"), _("Documents"), _("Send")],
        "summary": [
            {
                "key": _("Full name"),
                "value": "陈晓明",
                "actions": [{"text": _("Change"), "url": "?"}],
            },
            {"key": _("Reference"), "value": "SZ-2026-0000-1234-X"},
        ],
        "tasks": [
            {"title": _("Your details"), "url": "?", "state": _("Done"), "kind": "done"},
            {"title": _("Documents"), "url": "?", "state": _("Missing"), "kind": "warn"},
        ],
        **lists(now),
    }


def lists(now: datetime) -> dict[str, Any]:
    """Sample rows of the things that hold many."""
    return {
        "cards": cards(),
        "entries": [
            {
                "title": _("Received"),
                "time": now - timedelta(days=2),
                "by": "陈晓明",
                "kind": "done",
            },
            {"title": _("Under review"), "time": now - timedelta(hours=3), "kind": "active"},
        ],
        "columns": [
            {"key": "title", "title": _("Service"), "sort": "title"},
            {"key": "days", "title": _("Days"), "numeric": True, "sort": "days"},
            {"key": "state", "title": _("State")},
            {"key": "at", "title": _("Received")},
        ],
        "rows": [
            _row(_("Residence permit"), 5, _("Under review"), "active", now),
            _row(_("Open a company"), 1, _("Refused"), "bad", now - timedelta(days=1)),
        ],
        "places": [{"title": _("Futian"), "url": "?f", "text": "22.54, 114.06"}],
    }


def cards() -> list[dict[str, str]]:
    """One card with everything, one bare, one with a state."""
    full = {
        "title": _("Residence permit"),
        "url": "?a",
        "icon": "home",
        "text": _("For who lives here and is registered elsewhere."),
        "meta": _("Within 5 working days"),
    }
    bare = {"title": _("Open a company"), "url": "?b", "icon": "building"}
    state = {"state": _("Under review"), "kind": "active"}
    return [full, bare, {"title": _("Care allowance"), "url": "?c", "icon": "heart", **state}]


def _row(title: str, days: int, state: str, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "title": {"text": title, "url": "?"},
        "days": days,
        "state": {"text": state, "kind": kind},
        "at": {"moment": at},
    }
