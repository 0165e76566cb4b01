"""What registers know: fetched through a port, shown to be confirmed, read again at the end.

The caller supplies `Facts`. A register that has nothing, or something that is not of the
question's kind, counts as missing; one that does not answer raises `RegisterDown`, and what hangs
on it waits.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from pengcheng.kit.forms.answer import DECLARED, Answer, Value
from pengcheng.kit.forms.drawing import canonical
from pengcheng.kit.forms.filling import Filling, Line
from pengcheng.kit.forms.parts import Binding, Text, Trust


class Fact(Struct, frozen=True, kw_only=True):
    """What a register says now."""

    value: str
    source: Text
    retrieved_at: str
    trust: Trust = "A"


class RegisterDown(Exception):
    """The register does not answer."""

    def __init__(self, registry: str, title: Text) -> None:
        super().__init__(registry)
        self.registry, self.title = registry, title


class Facts(Protocol):
    """Whoever can ask the registers about the person that the form is about."""

    def read(self, registry: str, attribute: str) -> Fact | None:
        """The fact, None when the register has none. Raises RegisterDown."""


class Known(Struct, frozen=True):
    """The answers after asking: which changed, and the registers that were silent."""

    answers: dict[str, Answer]
    changed: tuple[str, ...] = ()
    down: tuple[Text, ...] = ()


def refreshed(filling: Filling, facts: Facts, page: str = "") -> Known:
    """The answers with what the registers say now; with ``page`` only those of that page."""
    answers = dict(filling.answers)
    changed: list[str] = []
    down: dict[str, Text] = {}
    for line in filling.lines():
        bound = line.question.bound
        if bound is None or line.row or page not in ("", line.page.id):
            continue
        now = _asked(line, bound, facts, down)
        if now != line.answer:
            if _is_news(line.answer, now):
                changed.append(line.key)
            answers.pop(line.key, None)
            if now is not None:
                answers[line.key] = now
    return Known(answers, tuple(changed), tuple(down.values()))


def _is_news(before: Answer | None, now: Answer | None) -> bool:
    """Whether somebody who had confirmed the answer must look again."""
    return before is not None and (now is None or now.value != before.value) and not before.waits


def _asked(line: Line, bound: Binding, facts: Facts, down: dict[str, Text]) -> Answer | None:
    try:
        fact = facts.read(bound.registry, bound.attribute)
    except RegisterDown as silent:
        down[silent.registry] = silent.title
        return _waiting(line.answer, bound, silent.title)
    value = None if fact is None else canonical(line.question, fact.value)
    if fact is None or value is None:
        return _without(line.answer, bound)
    return _with(line.answer, bound, fact, value)


def _waiting(before: Answer | None, bound: Binding, title: Text) -> Answer | None:
    """The register is silent: what it said before stands; a locked answer waits for it."""
    if before is not None and before.value:
        return before
    if not bound.lock:
        return None
    return Answer(value="", source=bound.registry, label=title, trust=bound.trust, waits="register")


def _without(before: Answer | None, bound: Binding) -> Answer | None:
    """The register knows nothing: what the person says stands, unless only it may say it."""
    own = before is not None and before.source == DECLARED
    if own and (bound.on_missing == "ask" or before.correction):  # type: ignore[union-attr]
        return before
    if bound.on_missing == "counter":
        return Answer(value="", source=bound.registry, trust=bound.trust, waits="counter")
    return None


def _with(before: Answer | None, bound: Binding, fact: Fact, value: Value) -> Answer:
    trust = max(bound.trust, fact.trust)
    said = Answer(
        value=value,
        source=bound.registry,
        label=fact.source,
        trust=trust,
        retrieved_at=fact.retrieved_at,
        record=value,
        unseen=True,
    )
    if before is None or before.waits or (not before.value and bound.lock):
        return said
    if before.value == value:
        if before.source == bound.registry:
            return replace(before, trust=trust, retrieved_at=fact.retrieved_at)
        return replace(said, unseen=False)
    if before.source == DECLARED and (before.correction or not bound.lock):
        return replace(before, record=value)
    return said
