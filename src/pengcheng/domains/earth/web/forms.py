"""The forms of the catalogue: what to search for, and a document to register."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import Collection, Wanted
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Problem
from pengcheng.kit.pages.fields import DayField

LARGEST = 1_000_000
CLOUDS = (10, 30, 60)
AS_WRITTEN = {"translate": "no"}
"""Names in a list of choices stay as their owners wrote them."""


class Filter(forms.Form):
    """Which scenes. What makes no sense asks for nothing and is told."""

    begin = DayField(label=_("Taken from"), required=False)
    end = DayField(label=_("Taken until"), required=False)
    place = forms.ChoiceField(label=pgettext_lazy("scene", "Place"), required=False)
    cloud = forms.ChoiceField(label=_("Cloud cover at most"), required=False)
    collection = forms.ChoiceField(
        label=pgettext_lazy("scene", "Collection"),
        required=False,
        widget=forms.Select(attrs=AS_WRITTEN),
    )

    def __init__(self, data: Any, context: Context) -> None:
        super().__init__(data)
        self.context = context
        districts = scenes.districts(context=context)
        places = [(each.code, each.title(context.language)) for each in districts]
        self.offer("place", [("", _("Anywhere")), *places])
        clouds = [(str(each), f"{each} %") for each in CLOUDS]
        self.offer("cloud", [("", pgettext_lazy("cloud", "Any")), *clouds])
        listed = scenes.collections(context=context)
        self.offer("collection", [("", _("All collections")), *choices(listed)])

    def offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self, **page: int) -> Wanted:
        self.is_valid()
        found = self.cleaned_data
        code = found.get("place", "")
        return Wanted(
            collections=(found["collection"],) if found.get("collection") else (),
            place=scenes.district(context=self.context, code=code) if code else None,
            start=_instant(found.get("begin"), time.min),
            end=_instant(found.get("end"), time.max),
            cloud=float(found["cloud"]) if found.get("cloud") else None,
            **page,  # type: ignore[arg-type]
        )


def _instant(day: date | None, at: time) -> datetime | None:
    """A day of the city."""
    return datetime.combine(day, at, clock.CITY_ZONE) if day else None


def choices(listed: tuple[Collection, ...]) -> list[tuple[str, str]]:
    return [(each.id, each.title or each.id) for each in listed]


class DocumentForm(forms.Form):
    """A STAC item as a file; once it was looked at, as the text of the form."""

    file = forms.FileField(
        label=_("STAC item or collection (JSON)"),
        help_text=_("STAC 1.0.0 or 1.1.0, at most 1 MB here; larger ones through the interface."),
        required=False,
    )
    collection = forms.ChoiceField(
        label=pgettext_lazy("scene", "Collection"),
        required=False,
        widget=forms.Select(attrs=AS_WRITTEN),
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LARGEST)

    def __init__(self, data: Any, files: Any, listed: tuple[Collection, ...]) -> None:
        super().__init__(data, files)
        told = [("", _("As the document says")), *choices(listed)]
        self.fields["collection"].choices = told  # type: ignore[attr-defined]

    def document(self) -> bytes:
        """What was sent; empty, with the fault told, where that is nothing."""
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if not file and not text:
            self.add_error("file", _("Choose a file."))
            return b""
        data = bytes(file.read(LARGEST + 1)) if file else text.encode()
        if len(data) > LARGEST:
            self.add_error("file", _("The file has more than 1 MB."))
            return b""
        return data

    def show(self, problem: Problem, language: str) -> None:
        """What the door said, each with its place in the document."""
        english = language.startswith("en")
        for each in problem.errors or (FieldError("", problem.zh, problem.en),):
            told = each.en if english else each.zh
            self.add_error("file", f"{each.pointer}: {told}" if each.pointer else told)
