"""Life events: read from data, their order worked out, the one form cut into parts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import convert
from msgspec.structs import replace

from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.contracts.lifeevents import Charge, LifeEvent, Part, PartState
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Answers
from pengcheng.kit.forms.definition import Definition

KIND = "services.event-part"
PREFIX = "YJ"
"""The reference of the whole begins with these letters: 一件事."""


class EventError(ValueError):
    """The data of an event cannot be used; says which and why."""


@cache
def events() -> dict[str, LifeEvent]:
    """All events by their id."""
    folder = files("pengcheng.domains.services").joinpath("data", "lifeevents")
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=str)
    read = [convert(tomllib.loads(path.read_text("utf-8")), LifeEvent) for path in paths]
    for event in read:
        check(event)
    return {event.id: event for event in read}


@cache
def by_code() -> dict[str, LifeEvent]:
    return {event.code: event for event in events().values()}


@cache
def extras() -> dict[str, Item]:
    """Entries of ours that the loaded catalogue lacks, by code."""
    folder = files("pengcheng.domains.services").joinpath("data", "extras")
    rows = tomllib.loads(folder.joinpath("items.toml").read_text("utf-8"))["item"]
    return {row["task_code"]: convert(row, Item) for row in rows}


def check(event: LifeEvent) -> None:
    """Parts are named once and wait only for parts before them, whose facts they take."""
    given: dict[str, set[str]] = {}
    for part in event.part:
        where = f"event {event.id}, part {part.id}"
        if part.id in given:
            raise EventError(f"{where}: the id is used twice")
        unknown = set(part.after) - given.keys()
        if unknown:
            raise EventError(f"{where}: waits for {sorted(unknown)}, which is no earlier part")
        known = {fact for earlier in part.after for fact in given[earlier]}
        if set(part.takes) - known:
            raise EventError(f"{where}: takes {sorted(set(part.takes) - known)}, which none gives")
        given[part.id] = {fact.id for fact in part.gives}


def stages(event: LifeEvent) -> dict[str, int]:
    """How far from the start each part stands: parts of one stage run side by side."""
    found: dict[str, int] = {}
    for part in event.part:
        found[part.id] = 1 + max((found[earlier] for earlier in part.after), default=0)
    return found


def longest(event: LifeEvent) -> int:
    """Working days of the whole when every part takes its time: the longest way through."""
    found: dict[str, int] = {}
    for part in event.part:
        found[part.id] = part.days + max((found[earlier] for earlier in part.after), default=0)
    return max(found.values())


def dependents(event: LifeEvent, part_id: str) -> tuple[Part, ...]:
    """The parts that wait for this one, directly or through others."""
    reached = {part_id}
    found = []
    for part in event.part:
        if reached & set(part.after):
            reached.add(part.id)
            found.append(part)
    return tuple(found)


def ready(event: LifeEvent, states: Mapping[str, PartState]) -> tuple[Part, ...]:
    """Waiting parts whose earlier parts are all granted (paid for or not)."""
    done = {PartState.GRANTED, PartState.UNPAID}
    return tuple(
        part
        for part in event.part
        if states[part.id] is PartState.WAITING and all(states[e] in done for e in part.after)
    )


def blocked(event: LifeEvent, states: Mapping[str, PartState]) -> dict[str, str]:
    """Waiting parts that cannot come about any more, with the part that stops each."""
    dead = {PartState.REFUSED, PartState.WITHDRAWN}
    found: dict[str, str] = {}
    for part in event.part:
        if states[part.id] is not PartState.WAITING:
            continue
        for earlier in part.after:
            if states[earlier] in dead:
                found[part.id] = earlier
            elif earlier in found:
                found[part.id] = found[earlier]
    return found


# --- the one form -----------------------------------------------------------------------


def form_of_part(form: Definition, part: Part, answers: Answers) -> Definition:
    """The questions of this part that apply; conditions are settled already and fall away."""
    wanted = set(part.asks) & set(answering.applying(form, answers))
    pages = []
    for page in form.pages:
        kept = tuple(replace(q, when=None) for q in page.questions if q.id in wanted)
        if kept:
            pages.append(replace(page, questions=kept, when=None))
    return replace(
        form, id=f"{form.id}-{part.id}", about=part.item, pages=tuple(pages), sections=()
    )


def charges(event: LifeEvent, answers: Answers) -> tuple[Charge, ...]:
    """What this filing has to pay."""
    return tuple(
        Charge(part=part.id, fee=fee.id, zh=fee.zh, en=fee.en, cents=fee.cents)
        for part in event.part
        for fee in part.fee
        if not fee.when or _yes(answers, fee.when)
    )


def _yes(answers: Answers, question: str) -> bool:
    answer = answers.get(question)
    return answer is not None and answer.value == "yes"
