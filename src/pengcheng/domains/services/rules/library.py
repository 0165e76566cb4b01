"""The library of items that were built: how each is decided, by which steps, what it gives."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Literal

from msgspec import Struct, convert

from pengcheng.domains.casework.contracts import ONE_WINDOW, Choice, Label, Process, ProcessStep
from pengcheng.domains.services.rules.vocabulary import data_bytes

Way = Literal["instant", "human"]


class StepRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of an item's step table."""

    id: str
    zh: str
    en: str
    kind: Literal["task", "timer", "message"] = "task"
    group: str = ""  # of a task; empty: the common counter
    message: str = ""  # what a message step waits for
    office_zh: str = ""
    office_en: str = ""
    days: int = 0
    after: tuple[str, ...] = ()
    when: str = ""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One built item. ``licence`` is the kind of licence that a grant gives, if any, and ``values``
    where the lines on it come from (see ``rules.standing``).
    """

    form: str
    way: Way
    group: str = ""  # whose case it is; empty: the common counter
    licence: str = ""
    values: dict[str, str] = {}
    next_zh: str = ""  # what the person does once it is granted
    next_en: str = ""
    step: tuple[StepRow, ...] = ()


@cache
def entries() -> dict[str, Entry]:
    """The built items by the id of their form."""
    files = (("library.toml",), ("registration", "library.toml"), ("outreach", "library.toml"))
    rows = [row for path in files for row in tomllib.loads(data_bytes(*path).decode())["item"]]
    return {row["form"]: convert(row, Entry) for row in rows}


def entry(form_id: str) -> Entry | None:
    return entries().get(form_id)


def process(form_id: str) -> Process | None:
    """The steps of a human process; None when one official looks at it and decides."""
    found = entry(form_id)
    if found is None or not found.step:
        return None
    return Process(tuple(_step(row) for row in found.step))


def group(form_id: str) -> str:
    """Who handles applications with this form."""
    found = entry(form_id)
    return (found.group if found else "") or ONE_WINDOW


_ANSWERS = (
    Choice("agree", Label("同意", "Agree")),
    Choice("object", Label("不同意", "Object")),
)


def _step(row: StepRow) -> ProcessStep:
    task = row.kind == "task"
    return ProcessStep(
        id=row.id,
        label=Label(row.zh, row.en),
        kind=row.kind,
        group=(row.group or ONE_WINDOW) if task else "",
        message=row.message,
        office=Label(row.office_zh, row.office_en) if row.office_zh else None,
        days=row.days,
        after=row.after,
        when=row.when,
        outcomes=_ANSWERS if task else (),
    )
