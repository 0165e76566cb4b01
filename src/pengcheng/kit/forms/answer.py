"""What was answered, and where each answer comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pengcheng.kit.forms.parts import NO_TEXT, Condition, Page, Question, Text, Trust

DECLARED = "applicant"
COMPUTED = "computed"
Value = str | tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer with its origin.

    ``record`` is what the register said when it was asked, whatever the person says. ``unseen``:
    it was fetched and nobody has confirmed it yet. ``correction`` is the id of the case in which
    the register's owner looks at what the person says is wrong. ``waits``: there is no value yet,
    because the register did not answer, or because the counter will look at the original.
    """

    value: Value
    source: str = DECLARED
    label: Text = NO_TEXT
    trust: Trust = "D"
    retrieved_at: str = ""
    edited_by_user: bool = False
    record: Value | None = None
    unseen: bool = False
    correction: str = ""
    waits: Literal["", "register", "counter"] = ""


Answers = Mapping[str, Answer]


def read(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """Answers from their stored (JSON) form."""
    return msgspec.convert(stored, dict[str, Answer])


def write(answers: Answers) -> dict[str, Any]:
    """Answers as they are stored."""
    kept: dict[str, Any] = msgspec.to_builtins(dict(answers))
    return kept


def given(question: Question, value: Value, before: Answer | None, trust: Trust = "D") -> Answer:
    """The answer now: what a register said and nobody changed keeps its origin."""
    if before is None or before.waits:
        return Answer(value=value, trust=trust)
    if before.source == DECLARED:
        return Answer(
            value=value,
            trust=trust,
            edited_by_user=before.edited_by_user,
            record=before.record,
            correction=before.correction,
        )
    if before.value == value:
        return msgspec.structs.replace(before, unseen=False)
    return Answer(value=value, trust=trust, edited_by_user=True, record=before.record)


def key_of(page: Page, question_id: str, row: int = 0) -> str:
    """Under which key an answer is stored: members of a group are numbered from 1."""
    return f"{page.id}.{row}.{question_id}" if page.repeat else question_id


def rows_of(page: Page, answers: Answers) -> tuple[int, ...]:
    """The numbers of the members of a group; a number is never given twice while one fills in."""
    if not page.repeat:
        return (0,)
    found = {
        int(parts[1])
        for parts in (key.split(".") for key in answers)
        if len(parts) == 3 and parts[0] == page.id and parts[1].isdigit()
    }
    return tuple(sorted(found))


# --- the short conditions ---------------------------------------------------------------


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the condition is met; a question without an answer meets nothing."""
    if condition is None:
        return True
    return _met(condition, answers) is not condition.negated


def _met(condition: Condition, answers: Answers) -> bool:
    if condition.question:
        return _compares(condition, answers)
    inner_all = all(holds(inner, answers) for inner in condition.all)
    inner_any = any(holds(inner, answers) for inner in condition.any) or not condition.any
    return inner_all and inner_any


def _compares(condition: Condition, answers: Answers) -> bool:
    answer = answers.get(condition.question)
    if answer is None:
        return False
    values = set(answer.value) if isinstance(answer.value, tuple) else {answer.value}
    wanted = set(condition.one_of)
    if condition.equals is not None:
        wanted.add(condition.equals)
    return bool(values & wanted) if wanted else bool(values - {""})


def has(answers: Answers, key: str) -> bool:
    """Whether the question has an answer that says something."""
    answer = answers.get(key)
    return answer is not None and bool(answer.value)
