"""The process of a case as the workbench shows it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pengcheng.domains.casework.contracts import (
    CaseLink,
    Label,
    Person,
    ProcessStep,
    ProcessView,
    StepState,
    StepView,
    Task,
)
from pengcheng.domains.casework.web import words
from pengcheng.domains.casework.web.studio_shown import case_picture
from pengcheng.kernel.context import Context

OPEN = frozenset({StepState.READY, StepState.CLAIMED, StepState.WAITING, StepState.PARKED})


def facts(context: Context, found: ProcessView) -> dict[str, Any]:
    """What the case page needs of the process; nothing when one official decides alone."""
    asker, language = context.actor.id, context.language
    return {
        "process": found if found.steps else None,
        "process_steps": [line(each, found, language, asker) for each in found.steps],
        "process_done": _done(found),
        "process_picture": case_picture(context, found) if found.steps else "",
        "parent": link(found.parent, language),
        "children": [link(each, language) for each in found.children],
    }


def _done(found: ProcessView) -> str:
    """How far it is, in words."""
    ended = sum(1 for each in found.steps if each.state in {StepState.DONE, StepState.SKIPPED})
    total = len(found.steps)
    if found.finished:
        return _("All steps are done: the case can be decided.")
    said = ngettext("%(done)d of %(n)d step done", "%(done)d of %(n)d steps done", total)
    return said % {"done": ended, "n": total}


def line(each: StepView, found: ProcessView, language: str, asker: str) -> dict[str, Any]:
    """A step of the table: what, how it stands, who, until when."""
    here = {"case_id": found.case_id, "step_id": each.id}
    labels = {step.id: step.label.text(language) for step in found.steps}
    return {
        "id": each.id,
        "label": each.label.text(language),
        "kind": words.step_kind_words()[each.kind],
        "after": ", ".join(labels[name] for name in each.after if name in labels),
        "state": words.step_state_tag(each.state),
        "who": _who(each, asker),
        "mine": each.assignee is not None and each.assignee.id == asker,
        "office": office(each, language),
        "clock": words.clock_tag(each.clock) if each.clock.due_on or each.clock.days else None,
        "due": words.due_text(each.clock) if each.state in OPEN else "",
        "outcome": _outcome(each, language),
        "note": each.note,
        "ended_at": each.ended_at,
        "waiting_for": each.waiting_for.text(language) if each.waiting_for else "",
        "next_try_at": each.next_try_at,
        "attempts": each.attempts,
        "child": link(each.child, language),
        "can": sorted(each.can),
        "url": reverse("casework:task", kwargs=here) if each.can else "",
        "claim_url": reverse("casework:task-claim", kwargs=here),
    }


def _who(each: StepView, asker: str) -> str:
    person: Person | None = each.assignee if each.state in OPEN else each.ended_by or each.assignee
    return "" if person is None or person.id == asker else person.name


def _outcome(each: StepView, language: str) -> str:
    if each.outcome_label is not None:
        return each.outcome_label.text(language)
    return outcome_words().get(each.outcome, "")


def outcome_words() -> dict[str, str]:
    """What the engine itself says of a step; words of the definition go before these."""
    return {
        "granted": pgettext("step outcome", "Granted"),
        "refused": pgettext("step outcome", "Refused"),
        "withdrawn": pgettext("step outcome", "Withdrawn"),
        "undecided": _("The rules gave no answer: look at it"),
        "yes": pgettext("step outcome", "Yes"),
        "no": pgettext("step outcome", "No"),
    }


def office(each: StepView | ProcessStep, language: str) -> str:
    if each.office is not None:
        return each.office.text(language)
    return words.group_name(each.group) if each.group else ""


def link(found: CaseLink | None, language: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "url": reverse("casework:case", args=[found.id]),
        "title": found.title.text(language),
        "reference": found.reference,
        "state": words.state_tag(found.state),
    }


def task_row(each: Task, language: str, asker: str) -> dict[str, Any]:
    """A line of the task list."""
    here = {"case_id": each.case_id, "step_id": each.step_id}
    return {
        "label": each.label.text(language),
        "title": each.title.text(language),
        "reference": each.reference,
        "url": reverse("casework:task", kwargs=here),
        "state": words.step_state_tag(each.state),
        "clock": words.clock_tag(each.clock) if each.clock.due_on or each.clock.days else None,
        "due": words.due_text(each.clock),
        "who": each.assignee.name if each.assignee else "",
        "mine": each.assignee is not None and each.assignee.id == asker,
        "group": words.group_name(each.group),
        "begun_at": each.begun_at,
        "claim_url": reverse("casework:task-claim", kwargs=here) if "claim" in each.can else "",
    }


def label_of(found: Label | None, language: str) -> str:
    return found.text(language) if found else ""
