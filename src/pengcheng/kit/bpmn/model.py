"""A process as this product understands one: the subset of BPMN 2.0 that a step table can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepKind = Literal["task", "decision", "timer", "message", "subcase", "notice"]
STEP_KINDS: tuple[StepKind, ...] = ("task", "decision", "timer", "message", "subcase", "notice")
NodeKind = Literal[
    "task",
    "decision",
    "timer",
    "message",
    "subcase",
    "notice",
    "start",
    "end",
    "exclusive",
    "parallel",
    "pass",
]
"""`pass` is a place that tokens only walk through: the rim of a sub-process, a plain event."""


@dataclass(frozen=True, slots=True)
class Words:
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer that an official can give in a task."""

    id: str
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A row of the step table. It begins when all of `after` are done or skipped.

    `more` are facts of whoever uses the table; they travel in the drawing without a meaning here.
    """

    id: str
    label: Words
    kind: StepKind = "task"
    group: str = ""
    days: int = 0
    after: tuple[str, ...] = ()
    when: str = ""
    decision: str = ""
    message: str = ""
    child: str = ""
    text: Words | None = None
    outcomes: tuple[Outcome, ...] = ()
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element of the flow. `step` is there when the kind is one of a step's."""

    id: str
    kind: NodeKind
    name: str = ""
    lane: str = ""
    step: Step | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    id: str
    source: str
    target: str
    condition: str = ""
    name: str = ""
    default: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    id: str
    name: str
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...] = ()

    def into(self) -> dict[str, list[Flow]]:
        return self._by("target")

    def out_of(self) -> dict[str, list[Flow]]:
        return self._by("source")

    def _by(self, end: str) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {node.id: [] for node in self.nodes}
        for flow in self.flows:
            found[getattr(flow, end)].append(flow)
        return found
