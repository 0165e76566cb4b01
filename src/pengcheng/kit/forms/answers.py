"""What was answered, where each answer comes from, and which pages are still to be filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pengcheng.kit.forms.definition import Condition, Definition, Page, Question

Trust = Literal["A", "B", "C", "D"]
"""A issued by the authority, B verified, C uploaded, D declared by the person."""

DECLARED = "applicant"
Value = str | tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer with its origin."""

    value: Value
    source: str = DECLARED
    trust: Trust = "D"
    retrieved_at: str = ""
    edited_by_user: bool = False


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
    if before is not None and before.source != DECLARED:
        if before.value == value:
            return before
        return Answer(value=value, trust=trust, edited_by_user=True)
    edited = before is not None and before.edited_by_user
    return Answer(value=value, trust=trust, edited_by_user=edited)


# --- conditions -------------------------------------------------------------------------


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


# --- the way through --------------------------------------------------------------------


def path(definition: Definition, answers: Answers) -> tuple[Page, ...]:
    """The pages that apply, as far as the answers tell; each with at least one question."""
    pages = (page for page in definition.pages if holds(page.when, answers))
    return tuple(page for page in pages if asked(page, answers))


def asked(page: Page, answers: Answers) -> tuple[Question, ...]:
    """The questions of the page that apply."""
    return tuple(question for question in page.questions if holds(question.when, answers))


def after(definition: Definition, answers: Answers, page_id: str) -> Page | None:
    """The page after this one; None when the answers can be checked."""
    pages = path(definition, answers)
    places = [place for place, page in enumerate(pages) if page.id == page_id]
    return pages[places[0] + 1] if places and places[0] + 1 < len(pages) else None


def before(definition: Definition, answers: Answers, page_id: str) -> Page | None:
    """The page before this one; None on the first."""
    pages = path(definition, answers)
    places = [place for place, page in enumerate(pages) if page.id == page_id]
    return pages[places[0] - 1] if places and places[0] > 0 else None


def missing(definition: Definition, answers: Answers) -> tuple[tuple[Page, Question], ...]:
    """What must still be answered, page by page."""
    return tuple(
        (page, question)
        for page in path(definition, answers)
        for question in asked(page, answers)
        if question.required and not has(answers, question)
    )


def has(answers: Answers, question: Question) -> bool:
    """Whether the question has an answer that says something."""
    answer = answers.get(question.id)
    return answer is not None and bool(answer.value)


def applying(definition: Definition, answers: Answers) -> dict[str, Answer]:
    """Only the answers to questions that apply: a changed mind leaves nothing behind."""
    ids = {q.id for page in path(definition, answers) for q in asked(page, answers)}
    return {id: answer for id, answer in answers.items() if id in ids}


def shown(question: Question, answer: Answer | None, language: str) -> str:
    """The answer in words, for check-answers pages."""
    if answer is None or not answer.value:
        return ""
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    labels = {option.value: option.label.text(language) for option in question.options}
    yes_no = {"yes": ("是", "Yes"), "no": ("否", "No")}
    if question.kind in {"yesno", "declaration"}:
        place = 1 if language.startswith("en") else 0
        labels = {value: words[place] for value, words in yes_no.items()}
    return "\n".join(labels.get(value, value) for value in values)
