"""The workbench of the catalogue: what contradicts itself, and who asks for more than others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.api import Finding, Judgement, LintPage, LintRule
from pengcheng.domains.services.web import asking, said
from pengcheng.kernel import clock
from pengcheng.kernel.web import page
from pengcheng.kit.pages.sheets import csv_response

PERMISSION = "services.item.inspect"
SEVERITIES = {
    "error": gettext_lazy("Error"),
    "warning": pgettext_lazy("severity", "Warning"),
    "hint": gettext_lazy("To check"),
}
KINDS = {"error": "bad", "warning": "warn", "hint": "neutral"}
SIZE = 20


class ChecksForm(forms.Form):
    """The filters; nonsense is ignored rather than refused."""

    rule = forms.ChoiceField(required=False, label=gettext_lazy("Rule"))
    department = forms.ChoiceField(required=False, label=gettext_lazy("Department"))
    severity = forms.ChoiceField(required=False, label=gettext_lazy("Severity"))

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        tongue = asking.language(request)
        every = ("", _("All"))
        chosen: dict[str, Any] = self.fields
        chosen["rule"].choices = [every, *_rule_choices(tongue)]
        chosen["department"].choices = [
            every,
            *((one.code, one.title(tongue)) for one in api.departments()),
        ]
        chosen["severity"].choices = [every, *SEVERITIES.items()]

    def query(self, number: str = "1") -> api.LintQuery:
        self.is_valid()
        told = {name: value for name, value in self.cleaned_data.items() if value}
        plain = number.isascii() and number.isdigit() and len(number) < 6
        return api.LintQuery(**told, page=int(number) if plain else 1, size=SIZE)


def _rule_choices(tongue: str) -> list[tuple[str, str]]:
    return [(rule.id, f"{rule.id} {rule.title.text(tongue)}") for rule in api.lint_rules()]


@page(permission=PERMISSION)
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    tongue = asking.language(request)
    form = ChecksForm(request)
    query = form.query(request.GET.get("page", "1"))
    found = api.lint_report(context=asking.asker(request), query=query)
    words = {rule.id: rule for rule in api.lint_rules()}
    facts = {
        "form": form,
        "found": found,
        "filtered": bool(query.rule or query.department or query.severity),
        "rows": [_row(one, words, tongue) for one in found.findings],
        "pager": Paginator(range(found.total), SIZE).get_page(found.page),
        "export": f"{reverse('services:checks-export')}?{request.GET.urlencode()}",
        "rule": _told(words[query.rule], tongue) if query.rule else None,
        **_tables(found, tongue),
    }
    return asking.show(request, "checks.html", facts)


def _told(rule: LintRule, tongue: str) -> dict[str, str]:
    return {name: getattr(rule, name).text(tongue) for name in ("title", "why", "todo")}


def _tables(found: LintPage, tongue: str) -> dict[str, Any]:
    rules = [
        {
            "rule": f"{one.rule.id} {one.rule.title.text(tongue)}",
            "url": f"?rule={one.rule.id}",
            "severity": SEVERITIES[one.rule.severity],
            "kind": KINDS[one.rule.severity],
            "broken": one.broken,
            "holds": one.holds,
            "unknown": one.unknown,
            "idle": one.idle,
        }
        for one in found.rules
    ]
    departments = [
        {
            "title": one.department.title(tongue),
            "url": f"?department={one.department.code}",
            "items": one.department.items,
            "broken": one.items_broken,
            "breaches": one.breaches,
        }
        for one in found.departments[:10]
    ]
    return {"rules": rules, "departments": departments}


def _row(one: Finding, words: dict[str, LintRule], tongue: str) -> dict[str, Any]:
    return {
        "item": one.item,
        "title": said.title(one.item, tongue),
        "department": said.department(one.item, tongue),
        "broken": [_breach(breach, words[breach.rule], tongue) for breach in one.broken],
        "unknown": len(one.unknown),
    }


def _breach(one: Judgement, rule: LintRule, tongue: str) -> dict[str, Any]:
    causes = said.joined((rule.causes[cause].text(tongue) for cause in one.causes), tongue)
    return {
        "rule": rule.id,
        "severity": SEVERITIES[rule.severity],
        "kind": KINDS[rule.severity],
        "title": rule.title.text(tongue),
        "causes": causes,
        "todo": rule.todo.text(tongue),
    }


@page(permission=PERMISSION)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The breaches asked for as CSV, one a line, with the mark spreadsheet programs look for."""
    tongue = asking.language(request)
    found = api.lint_findings(context=asking.asker(request), query=ChecksForm(request).query())
    words = {rule.id: rule for rule in api.lint_rules()}
    rows = (
        _export_row(one, _breach(breach, words[breach.rule], tongue), tongue)
        for one in found
        for breach in one.broken
    )
    return csv_response(f"item-checks-{clock.today().isoformat()}.csv", _export_head(), rows)


def _export_head() -> list[str]:
    return [
        _("Item code"),
        _("Item"),
        _("Department"),
        _("Rule"),
        _("Severity"),
        _("Cause"),
        _("To do"),
    ]


def _export_row(one: Finding, line: dict[str, Any], tongue: str) -> list[str]:
    item = one.item
    cells = [item.task_code, item.title(tongue), item.department(tongue), line["rule"]]
    return [str(cell) for cell in (*cells, line["severity"], line["causes"], line["todo"])]
