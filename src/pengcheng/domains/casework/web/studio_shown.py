"""Definitions and drafts as the editors show them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.api import studio as api
from pengcheng.domains.casework.contracts import (
    ClockState,
    DecisionModel,
    Definition,
    ProcessStep,
    ProcessView,
    StepState,
    StepView,
    Version,
)
from pengcheng.domains.casework.contracts.studio import Awaiting, DefinitionRow, Difference, Draft
from pengcheng.domains.casework.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, NotFound
from pengcheng.kit.bpmn.picture import State

Row = dict[str, Any]


def step_kinds() -> dict[str, str]:
    return {
        "task": pgettext("step", "Task of an official"),
        "decision": pgettext("step", "Decision by rule"),
        "timer": pgettext("step", "Waiting time"),
        "message": pgettext("step", "Waits for a message"),
        "subcase": pgettext("step", "A case of its own"),
        "notice": pgettext("step", "Notice to the applicant"),
    }


# --- list and item ----------------------------------------------------------------------


def list_columns() -> list[Row]:
    return [
        {"key": "title", "title": _("Service item")},
        {"key": "code", "title": pgettext("process", "Item code")},
        {"key": "version", "title": _("Version")},
        {"key": "steps", "title": pgettext("process", "Steps"), "numeric": True},
        {"key": "decisions", "title": _("Rules"), "numeric": True},
        {"key": "draft", "title": _("Draft")},
    ]


def list_row(row: DefinitionRow, language: str) -> Row:
    return {
        "title": {
            "text": row.title.text(language),
            "url": reverse("casework:definition", args=[row.kind, row.item_code]),
        },
        "code": row.item_code,
        "version": row.version.number if row.version else _("as delivered"),
        "steps": row.steps,
        "decisions": row.decisions,
        "draft": {"text": _("being changed"), "kind": "active"} if row.draft else "–",
    }


def awaiting_row(one: Awaiting, context: Context) -> Row:
    return {
        "title": one.title.text(context.language) or one.item_code,
        "url": reverse("casework:draft-publish", args=[one.draft]),
        "by": one.approval.by.name,
        "at": one.approval.at,
        "note": one.approval.note,
        "own": one.approval.by.id == context.actor.id,
    }


def summary(definition: Definition, language: str) -> list[Row]:
    clock = definition.clock
    facts = [
        (pgettext("process", "Item code"), definition.item_code),
        (_("Department"), definition.department),
        (_("Group"), words.group_name(definition.candidate_group)),
        (_("Promised time"), _("%(days)d working days") % {"days": clock.days}),
        (_("Legal basis"), definition.legal_basis),
        (_("Rules"), ", ".join(each.name for _place, each in placed(definition)) or _("none")),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def version_row(version: Version, row: DefinitionRow) -> Row:
    current = row.version is not None and row.version.number == version.number
    return {
        "title": _("Version %(number)d") % {"number": version.number},
        "time": version.published_at,
        "text": version.note,
        "kind": "good" if current else "neutral",
        "by": _("in force") if current else "",
    }


def picture(
    definition: Definition, language: str, states: Mapping[str, State] | None = None
) -> SafeString | str:
    """The process drawn; nothing when it has no steps or cannot be drawn yet."""
    steps = definition.process.steps if definition.process else ()
    groups = {step.group: words.group_name(step.group) for step in steps if step.group}
    drawn = api.process_picture(
        definition=definition, language=language, states=states, groups=groups
    )
    # Our own drawing: every text in it is escaped where it is written.
    return mark_safe(drawn) if drawn else ""  # noqa: S308


def case_picture(context: Context, found: ProcessView) -> SafeString | str:
    """The process of a running case, each step as it stands."""
    definition = casework.get_definition(context=context, sha256=found.definition)
    states = {step.id: _state(step) for step in found.steps}
    return picture(definition, context.language, states)


def _state(step: StepView) -> State:
    if step.state in _STATES:
        return _STATES[step.state]
    return "late" if step.clock.state == ClockState.OVERDUE else "current"


_STATES: dict[StepState, State] = {
    StepState.PENDING: "waiting",
    StepState.DONE: "done",
    StepState.SKIPPED: "skipped",
    StepState.CANCELLED: "skipped",
}


def placed(definition: Definition) -> list[tuple[int, DecisionModel]]:
    """The decisions with their numbers: 0 is the one that the case hangs on."""
    return [(number, model) for number, model in api.decisions_of(definition=definition).items()]


def decision_at(definition: Definition, number: int) -> DecisionModel:
    found = api.decisions_of(definition=definition).get(number)
    if found is None:
        raise NotFound(
            code="casework.decision.not_found",
            zh="没有该决策",
            en="There is no such decision",
            next_zh="请返回。",
            next_en="Go back.",
        )
    return found


def decision_links(definition: Definition) -> list[Row]:
    return [{"number": number, "name": model.name} for number, model in placed(definition)]


def difference_columns() -> list[Row]:
    return [
        {"key": "part", "title": pgettext("difference", "What")},
        {"key": "before", "title": _("Before")},
        {"key": "after", "title": _("After")},
    ]


def differences(found: Iterable[Difference], language: str) -> list[Row]:
    return [
        {
            "part": each.part.text(language),
            "before": each.before.text(language) or "–",
            "after": each.after.text(language) or "–",
        }
        for each in found
    ]


# --- a draft ----------------------------------------------------------------------------


def tabs(draft: Draft, current: str) -> list[Row]:
    """The parts of a draft, with how many faults each has."""
    entries = [("draft", _("Overview"), "", ""), ("draft-process", _("Process"), "/process/", "")]
    found = [
        {
            "title": title,
            "url": reverse(f"casework:{name}", args=[draft.id]),
            "current": name == current,
            "faults": sum(1 for f in draft.faults if start and f.pointer.startswith(start)),
        }
        for name, title, start, _unused in entries
    ]
    for number, model in placed(draft.definition):
        found.append(
            {
                "title": _("Rule: %(name)s") % {"name": model.name},
                "url": reverse("casework:draft-rule", args=[draft.id, number]),
                "current": current == f"rule-{number}",
                "faults": len(faults_under(draft, decision_path(number))),
            }
        )
    return found


def decision_path(number: int) -> str:
    return "/decision/" if number == 0 else f"/decisions/{number - 1}/"


def faults_under(draft: Draft, start: str) -> list[FieldError]:
    return [fault for fault in draft.faults if fault.pointer.startswith(start)]


def fault_links(draft: Draft, language: str) -> list[Row]:
    """Every fault with the way to its row or cell."""
    return [
        {"text": said(fault, language), "href": _fault_url(draft, fault.pointer)}
        for fault in draft.faults
    ]


def said(fault: FieldError, language: str) -> str:
    return fault.en if language.startswith("en") else fault.zh


def _fault_url(draft: Draft, pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[:2] == ["process", "steps"] and len(parts) > 3:
        url = reverse("casework:draft-step", args=[draft.id, int(parts[2])])
        return f"{url}#id_{FIELD_OF.get(parts[3], parts[3])}"
    if parts[0] == "process":
        return reverse("casework:draft-process", args=[draft.id])
    if parts[0] in {"decision", "decisions"}:
        number = 0 if parts[0] == "decision" else int(parts[1]) + 1
        url = reverse("casework:draft-rule", args=[draft.id, number])
        return f"{url}#{cell_id(pointer.partition('/cells/')[2])}"
    return reverse("casework:draft", args=[draft.id])


FIELD_OF = {"label": "label_zh", "text": "text_zh"}
"""Fields of a step that are two on the form."""


def cell_id(place: str) -> str:
    if place.startswith("sources/"):
        return "inputs"
    return "cell-" + (place.replace("/", "-") or "model")


def step_rows(draft: Draft, language: str) -> list[Row]:
    steps = draft.definition.process.steps if draft.definition.process else ()
    kinds, last = step_kinds(), len(steps) - 1
    labels = {step.id: step.label.text(language) for step in steps}
    return [
        {
            "place": place,
            "number": place + 1,
            "id": step.id,
            "label": step.label.text(language) or step.id,
            "kind": kinds[step.kind],
            "what": _what(step, language),
            "after": [labels.get(each, each) for each in step.after],
            "when": step.when,
            "days": step.days or "",
            "faults": [said(f, language) for f in faults_under(draft, f"/process/steps/{place}/")],
            "up": place > 0,
            "down": place < last,
        }
        for place, step in enumerate(steps)
    ]


def _what(step: ProcessStep, language: str) -> str:
    """Who does it, or what is asked, awaited or told."""
    if step.kind == "task":
        office = step.office.text(language) if step.office else ""
        return office or words.group_name(step.group) if step.group else office
    text = step.text.text(language) if step.text else ""
    by_kind: Mapping[str, str] = {
        "decision": step.decision,
        "message": step.message,
        "subcase": step.child,
        "notice": text,
    }
    return by_kind.get(step.kind, "")
