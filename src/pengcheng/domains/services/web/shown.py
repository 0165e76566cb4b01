"""A case in plain words: its state, what it waits for, what happened."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pengcheng.domains.casework.contracts import (
    Case,
    CaseRow,
    ClockView,
    JournalEntry,
    State,
    Step,
)
from pengcheng.domains.services import api
from pengcheng.domains.services.web import said

STATES: dict[State, tuple[Any, str]] = {
    State.SUBMITTED: (gettext_lazy("Application received"), "waiting"),
    State.ACCEPTED: (gettext_lazy("Accepted"), "active"),
    State.IN_REVIEW: (gettext_lazy("Being looked at"), "active"),
    State.CORRECTION_REQUESTED: (gettext_lazy("Waiting for you"), "warn"),
    State.SUPPLEMENTED: (gettext_lazy("Your addition was received"), "active"),
    State.SUSPENDED: (gettext_lazy("In a special procedure"), "waiting"),
    State.GRANTED: (gettext_lazy("Granted"), "good"),
    State.REFUSED: (gettext_lazy("Refused"), "bad"),
    State.WITHDRAWN: (gettext_lazy("Withdrawn"), "neutral"),
    State.APPEALED: (gettext_lazy("Under appeal"), "waiting"),
    State.UPHELD: (gettext_lazy("Refusal confirmed"), "bad"),
    State.OVERTURNED: (gettext_lazy("Granted on appeal"), "good"),
    State.CLOSED: (gettext_lazy("Closed"), "done"),
}

STEPS: dict[Step, tuple[Any, str]] = {
    Step.OPEN: (gettext_lazy("You applied"), "done"),
    Step.ACCEPT: (gettext_lazy("The application was accepted for review"), "done"),
    Step.CLAIM: (gettext_lazy("An official took it up"), "done"),
    Step.RELEASE: (gettext_lazy("It went back to the counter"), "neutral"),
    Step.ASSIGN: (gettext_lazy("It was handed to another official"), "neutral"),
    Step.REQUEST_CORRECTION: (gettext_lazy("You were asked to correct or add something"), "warn"),
    Step.SUPPLEMENT: (gettext_lazy("You sent your addition"), "done"),
    Step.EVIDENCE: (gettext_lazy("A register answered: its facts were added"), "done"),
    Step.GRANT_BY_RULE: (gettext_lazy("Granted by rule, at once"), "good"),
    Step.REFUSE_BY_RULE: (gettext_lazy("Refused by rule, at once"), "bad"),
    Step.GRANT: (gettext_lazy("Granted by an official"), "good"),
    Step.REFUSE: (gettext_lazy("Refused by an official"), "bad"),
    Step.WITHDRAW: (gettext_lazy("You took the application back"), "neutral"),
    Step.APPEAL: (gettext_lazy("You asked for a person to look again"), "active"),
    Step.UPHOLD: (gettext_lazy("The refusal was confirmed"), "bad"),
    Step.OVERTURN: (gettext_lazy("The refusal was overturned: granted"), "good"),
    Step.WARN: (gettext_lazy("The promised time is nearly over"), "warn"),
    Step.OVERRUN: (gettext_lazy("The promised time has passed"), "bad"),
    Step.LETTER: (gettext_lazy("A letter was sent to you"), "done"),
    Step.CLOSE: (gettext_lazy("The matter was closed"), "done"),
    Step.SUSPEND: (gettext_lazy("A special procedure began: the clock stands still"), "warn"),
    Step.RESUME: (gettext_lazy("The special procedure is over: the clock runs again"), "active"),
    Step.MIGRATE: (gettext_lazy("The application goes on under the new procedure"), "neutral"),
    Step.STEP_READY: (gettext_lazy("A step began"), "active"),
    Step.STEP_SKIPPED: (gettext_lazy("A step is not needed"), "neutral"),
    Step.STEP_CLAIMED: (gettext_lazy("An official took up a step"), "done"),
    Step.STEP_RELEASED: (gettext_lazy("A step went back to its office"), "neutral"),
    Step.STEP_DELEGATED: (gettext_lazy("A step was handed to another official"), "neutral"),
    Step.STEP_RETURNED: (gettext_lazy("You were asked to correct or add something"), "warn"),
    Step.STEP_DONE: (gettext_lazy("A step is done"), "done"),
    Step.STEP_WARNED: (gettext_lazy("The promised time of a step is nearly over"), "warn"),
    Step.STEP_OVERRUN: (gettext_lazy("The promised time of a step has passed"), "bad"),
    Step.STEP_PARKED: (gettext_lazy("A step waits for something that is out of order"), "warn"),
    Step.STEP_RETRIED: (gettext_lazy("The step is tried again"), "active"),
    Step.TIMER_FIRED: (gettext_lazy("A waiting time is over"), "done"),
    Step.MESSAGE_ARRIVED: (gettext_lazy("What was awaited has arrived"), "done"),
    Step.CHILD_OPENED: (gettext_lazy("An application of its own was opened for you"), "active"),
    Step.CHILD_CLOSED: (gettext_lazy("The application opened for you was decided"), "done"),
}

NEXT: dict[State, Any] = {
    State.SUBMITTED: gettext_lazy("The counter will look whether everything is there."),
    State.ACCEPTED: gettext_lazy("An official will take it up."),
    State.IN_REVIEW: gettext_lazy("An official is looking at it."),
    State.CORRECTION_REQUESTED: gettext_lazy(
        "Read what is missing, correct your answers and send them again. The clock stands still."
    ),
    State.SUPPLEMENTED: gettext_lazy("The official goes on with what you sent."),
    State.SUSPENDED: gettext_lazy(
        "An inspection, a hearing or an expert is needed first. The clock stands still meanwhile."
    ),
    State.GRANTED: gettext_lazy("There is nothing more to do."),
    State.REFUSED: gettext_lazy("You can ask a person to look at it again."),
    State.WITHDRAWN: gettext_lazy("You can apply again at any time."),
    State.APPEALED: gettext_lazy("A person who did not make the decision looks at it again."),
    State.UPHELD: gettext_lazy("You can go to the courts; this demonstration ends here."),
    State.OVERTURNED: gettext_lazy("There is nothing more to do."),
    State.CLOSED: gettext_lazy("There is nothing more to do."),
}


def next_step(case: Case) -> str:
    """What comes next; of a special procedure also when it should be over."""
    if case.suspended_until is None:
        return str(NEXT[case.state])
    until = _("It should be over by %(day)s.") % {"day": said.day(case.suspended_until)}
    return f"{NEXT[case.state]} {until}"


def state(value: State) -> dict[str, str]:
    text, kind = STATES[value]
    return {"text": str(text), "kind": kind}


def clock(value: ClockView, state: State | None = None) -> str:
    """What the promised time means for the person."""
    if value.state == "paused":
        if state is State.SUSPENDED:
            return _("The clock stands still")
        return _("The clock stands still until you answer")
    if value.due_on is None or value.days is None:
        return ""
    if value.days < 0:
        return _("Overdue since %(date)s") % {"date": said.day(value.due_on)}
    left = ngettext("%(days)d working day left", "%(days)d working days left", value.days)
    return _("Due by %(date)s, %(left)s") % {
        "date": said.day(value.due_on),
        "left": left % {"days": value.days},
    }


def line(row: CaseRow | Case, language: str) -> dict[str, Any]:
    """A case in a list."""
    text = row.title.text(language)
    only_chinese = said.english(language) and row.title.en == row.title.zh
    return {
        "id": row.id,
        "title": said.zh(text, language) if only_chinese else text,
        "reference": row.reference,
        "state": state(row.state),
        "clock": clock(row.clock, row.state),
        "opened_at": row.opened_at,
        "waiting": row.state is State.CORRECTION_REQUESTED,
    }


WITHIN = frozenset(
    {
        Step.STEP_READY,
        Step.STEP_SKIPPED,
        Step.STEP_CLAIMED,
        Step.STEP_RELEASED,
        Step.STEP_DELEGATED,
        Step.STEP_RETRIED,
        Step.STEP_WARNED,
        Step.MESSAGE_ARRIVED,
    }
)
"""How an office works within itself: the steps say it better than a line each."""


def timeline(
    entries: tuple[JournalEntry, ...], language: str, labels: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """What happened, the latest first. `labels` are what the steps of the process are called."""
    told = [entry for entry in reversed(entries) if entry.step not in WITHIN]
    return [_entry(entry, language, labels or {}) for entry in told]


def _entry(entry: JournalEntry, language: str, labels: dict[str, str]) -> dict[str, Any]:
    title, kind = STEPS[entry.step]
    step = labels.get(str(entry.facts.get("step", "")))
    title = f"{title}: {step}" if step else title
    by = _by(entry)
    return {
        "title": title,
        "kind": kind,
        "time": entry.at,
        "by": by,
        "text": reason(entry, language),
    }


def _by(entry: JournalEntry) -> str:
    if entry.actor_kind == "system":
        return str(_("the system, by rule"))
    return entry.actor_name


def reason(entry: JournalEntry, language: str) -> Any:
    """Why, in the reader's language if the rule says it in both; an official's words as written."""
    fired = [line for line in entry.trace if line.matched]
    if fired:
        return fired[-1].text.text(language)
    if "reason_zh" in entry.facts:
        return entry.told(language)
    return said.zh(entry.reason, language) if entry.reason else ""


def department(item_code: str, name: str, language: str) -> Any:
    """Who handles it, by the name the catalogue has in this language."""
    found = api.items_by_code(codes=(item_code,))
    return said.department(found[0], language) if found else said.zh(name, language)


def decision(case: Case, entries: tuple[JournalEntry, ...], language: str) -> dict[str, Any]:
    """The last decision with its reasons, legal basis and the rules that were looked at."""
    decided = [e for e in entries if e.step in DECIDING]
    if not decided:
        return {}
    last = decided[-1]
    lines = [
        {"text": line.text.text(language), "matched": line.matched, "rule": line.rule}
        for line in last.trace
    ]
    return {
        "state": state(DECIDING[last.step]),
        "reason": reason(last, language),
        "basis": _basis(case.item_code, last.legal_basis, language),
        "lines": lines,
        "at": last.at,
        "by_rule": last.step in {Step.GRANT_BY_RULE, Step.REFUSE_BY_RULE},
    }


def _basis(item_code: str, basis: str, language: str) -> Any:
    known = said.english(language) and api.basis_in_english(code=item_code, basis=basis)
    return known or said.zh(basis, language)


DECIDING = {
    Step.GRANT_BY_RULE: State.GRANTED,
    Step.REFUSE_BY_RULE: State.REFUSED,
    Step.GRANT: State.GRANTED,
    Step.REFUSE: State.REFUSED,
    Step.UPHOLD: State.UPHELD,
    Step.OVERTURN: State.OVERTURNED,
}
"""What each last word makes of a case: under appeal it stays the word that was said."""


ASKING = frozenset({Step.REQUEST_CORRECTION, Step.STEP_RETURNED})


def correction(entries: tuple[JournalEntry, ...], language: str) -> Any:
    """What the official asked for."""
    asked = [entry for entry in entries if entry.step in ASKING]
    return said.zh(asked[-1].reason, language) if asked else format_html("")
