"""The door to answers: their kinds, and the way through the pages as plain functions.

Whoever asks more than one thing of the same answers makes a `Filling` once.
"""

from __future__ import annotations

from pengcheng.kit.forms.answer import (
    COMPUTED,
    DECLARED,
    Answer,
    Answers,
    Value,
    given,
    has,
    holds,
    key_of,
    read,
    rows_of,
    write,
)
from pengcheng.kit.forms.filling import Fault, Filling, Gap, Line, knows
from pengcheng.kit.forms.parts import Definition, Page, Question, Trust
from pengcheng.kit.forms.shown import shown


def path(definition: Definition, answers: Answers) -> tuple[Page, ...]:
    """The pages that apply, as far as the answers tell; each with at least one question."""
    return Filling(definition, answers).pages()


def after(definition: Definition, answers: Answers, page_id: str) -> Page | None:
    """The page after this one; None when the answers can be checked."""
    return Filling(definition, answers).after(page_id)


def before(definition: Definition, answers: Answers, page_id: str) -> Page | None:
    """The page before this one; None on the first."""
    return Filling(definition, answers).before(page_id)


def missing(definition: Definition, answers: Answers) -> tuple[tuple[Page, Question], ...]:
    """What must still be answered, page by page."""
    gaps = Filling(definition, answers).gaps()
    return tuple((gap.page, gap.question) for gap in gaps if gap.question)


def applying(definition: Definition, answers: Answers) -> dict[str, Answer]:
    """Only the answers to questions that apply: a changed mind leaves nothing behind."""
    return Filling(definition, answers).applying()


__all__ = [
    "COMPUTED",
    "DECLARED",
    "Answer",
    "Answers",
    "Fault",
    "Filling",
    "Gap",
    "Line",
    "Trust",
    "Value",
    "after",
    "applying",
    "before",
    "given",
    "has",
    "holds",
    "key_of",
    "knows",
    "missing",
    "path",
    "read",
    "rows_of",
    "shown",
    "write",
]
