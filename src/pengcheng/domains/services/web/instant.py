"""What is decided at once: the list, narrowed by words, recipients or department."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.web import asking
from pengcheng.domains.services.web.asking import language
from pengcheng.kernel.web import page


class InstantForm(forms.Form):
    """The filters; nonsense is ignored rather than refused."""

    q = forms.CharField(required=False, max_length=60, label=gettext_lazy("Words"))
    department = forms.ChoiceField(required=False, label=gettext_lazy("Department"))
    result = forms.ChoiceField(required=False, label=gettext_lazy("Result"))

    def __init__(self, data: Any, items: tuple[Item, ...], tongue: str) -> None:
        super().__init__(data)
        chosen: dict[str, Any] = self.fields
        names = {item.dept_code: item.department(tongue) for item in items}
        every = ("", _("All"))
        chosen["department"].choices = [every, *sorted(names.items(), key=lambda pair: pair[1])]
        licence, other = ("licence", _("Gives a licence")), ("other", _("Books or registers"))
        chosen["result"].choices = [every, licence, other]

    def passes(self, item: Item, gives: bool) -> bool:
        """Whether the item has all that was asked for."""
        asked = {name: self.cleaned_data.get(name, "") for name in self.fields}
        words = f"{item.task_name} {item.name_en} {item.dept_name} {item.dept_name_en}".casefold()
        return (
            all(word in words for word in asked["q"].casefold().split())
            and asked["department"] in ("", item.dept_code)
            and asked["result"] in ("", "licence" if gives else "other")
        )


@require_safe
@page(public=True)
def instant(request: HttpRequest) -> HttpResponse:
    """Every item that a table decides, with how many there are."""
    tongue, items = language(request), api.instant_items()
    form = InstantForm(request.GET, items, tongue)
    form.is_valid()
    found = [(item, api.built_item(code=item.task_code)) for item in items]
    shown = [item for item, entry in found if form.passes(item, bool(entry and entry.licence))]
    facts = {
        "rows": [asking.row(item, tongue) for item in shown],
        "title": _("Decided at once"),
        "form": form,
        "total": len(items),
    }
    return asking.show(request, "instant.html", facts)
