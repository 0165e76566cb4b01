"""Cases as the pages show them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.casework.contracts import (
    Answer,
    Case,
    CaseRow,
    Evidence,
    JournalEntry,
    State,
    Step,
)
from pengcheng.domains.casework.web import words

CLAIMABLE = {State.SUBMITTED, State.ACCEPTED, State.APPEALED}
STEP_KINDS = {
    Step.GRANT: "good",
    Step.GRANT_BY_RULE: "good",
    Step.OVERTURN: "good",
    Step.REFUSE: "bad",
    Step.REFUSE_BY_RULE: "bad",
    Step.UPHOLD: "bad",
    Step.OVERRUN: "bad",
    Step.WARN: "warn",
    Step.REQUEST_CORRECTION: "warn",
    Step.APPEAL: "warn",
    Step.OPEN: "active",
    Step.SUPPLEMENT: "active",
    Step.EVIDENCE: "active",
    Step.SUSPEND: "warn",
    Step.RESUME: "active",
    Step.MIGRATE: "warn",
    Step.STEP_RETURNED: "warn",
    Step.STEP_DONE: "active",
    Step.STEP_WARNED: "warn",
    Step.STEP_OVERRUN: "bad",
    Step.STEP_PARKED: "warn",
}


def row(each: CaseRow, language: str, asker: str) -> dict[str, Any]:
    """A line of the inbox."""
    free = each.assignee is None and each.state in CLAIMABLE
    return {
        "id": each.id,
        "key": f"{each.id}:{each.version}",
        "reference": each.reference,
        "url": reverse("casework:case", args=[each.id]),
        "title": each.title.text(language),
        "owner": each.owner.name,
        "state": words.state_tag(each.state),
        "clock": words.clock_tag(each.clock),
        "due": words.due_text(each.clock),
        "assignee": each.assignee.name if each.assignee else "",
        "mine": each.assignee is not None and each.assignee.id == asker,
        "group": words.group_name(each.group),
        "opened_at": each.opened_at,
        "claimable": free and each.owner.id != asker,
    }


def answers(case: Case, language: str) -> list[dict[str, Any]]:
    return [answer(each, language) for each in case.submission.answers]


def answer(each: Answer, language: str) -> dict[str, Any]:
    """An answer beside what the registry says about it."""
    found: dict[str, Any] = {
        "label": each.label.text(language),
        "value": each.text(language) or "–",
        "source": each.source.text(language),
        "trust": words.trust_words()[each.trust],
        "at": each.retrieved_at,
        "record": each.record,
        "check": None,
    }
    if each.record is not None:
        same = each.record.strip() == each.value.strip()
        found["check"] = (
            {"text": pgettext("evidence", "Agrees"), "kind": "good"}
            if same
            else {"text": pgettext("evidence", "Differs"), "kind": "bad"}
        )
    return found


def evidence(each: Evidence, language: str) -> dict[str, Any]:
    return {
        "label": each.label.text(language),
        "source": each.source.text(language),
        "trust": words.trust_words()[each.trust],
        "url": each.url,
        "at": each.retrieved_at,
        "fingerprint": each.sha256[:12],
    }


def timeline(
    entries: tuple[JournalEntry, ...],
    case: Case,
    language: str,
    labels: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The journal, newest first. `labels` are what the steps of the process are called."""
    titles = words.step_words()
    return [
        {
            "title": _title(titles[entry.step], entry, labels or {}),
            "time": entry.at,
            "by": _by(entry, case),
            "text": _text(entry, language),
            "kind": STEP_KINDS.get(entry.step, "neutral"),
        }
        for entry in reversed(entries)
    ]


def _title(title: str, entry: JournalEntry, labels: dict[str, str]) -> str:
    step = str(entry.facts.get("step") or "")
    return f"{title}: {labels.get(step, step)}" if step else title


def _by(entry: JournalEntry, case: Case) -> str:
    if entry.actor_kind == "system":
        return _("the system")
    if entry.actor_id == case.owner.id:
        return case.owner.name or _("the applicant")
    return entry.actor_name or _("an official")


def _text(entry: JournalEntry, language: str) -> str:
    lines = [entry.told(language)] if entry.reason else []
    if entry.step in {Step.ASSIGN, Step.STEP_DELEGATED}:
        lines.append(_("To: %(name)s") % {"name": _assignee(entry)})
    if entry.legal_basis and entry.step not in {Step.OPEN}:
        lines.append(_("Legal basis: %(law)s") % {"law": entry.legal_basis})
    return "\n".join(lines)


def _assignee(entry: JournalEntry) -> str:
    named = [v for key, v in entry.facts.items() if key.rpartition("/")[2] == "assignee_name"]
    return str(named[0]) if named else ""


def trace(entries: tuple[JournalEntry, ...], language: str) -> list[dict[str, Any]]:
    """The rules that the last automatic decision looked at."""
    decided = [entry for entry in entries if entry.trace]
    if not decided:
        return []
    return [
        {
            "rule": line.rule,
            "text": line.text.text(language),
            "facts": ", ".join(f"{name} = {value}" for name, value in line.facts.items()),
            "mark": {"text": pgettext("rule", "Met"), "kind": "good"}
            if line.matched
            else {"text": pgettext("rule", "Not met"), "kind": "neutral"},
        }
        for line in decided[-1].trace
    ]


def department(case: Case, language: str) -> str:
    english = language.startswith("en") and case.department_en
    return case.department_en if english else case.department


def summary(case: Case, language: str) -> list[dict[str, str]]:
    facts = [
        (_("Applicant"), case.owner.name),
        (_("Service item"), f"{case.title.text(language)} ({case.item_code})"),
        (_("Department"), department(case, language)),
        (_("Group"), words.group_name(case.group)),
        (_("Official"), case.assignee.name if case.assignee else _("nobody yet")),
        (_("Legal basis"), case.legal_basis),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]
