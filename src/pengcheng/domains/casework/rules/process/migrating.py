"""Moving a running case to another bundle: what becomes of each step, and what stands against it.

Nothing is guessed: an open step without a counterpart stays an obstacle until the officer maps or
drops it. A promise given stays given: days already running are not counted anew.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import Definition, Label, ProcessStep, StepState
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.order import before
from pengcheng.domains.casework.rules.process.status import (
    ENDED,
    OPEN,
    Statuses,
    StepStatus,
    dropped,
    told,
)
from pengcheng.kernel.problems import FieldError


class Outlook(msgspec.Struct, frozen=True):
    """What the move does to one case: facts of the line to write, or reasons against it."""

    facts: dict[str, Any]
    changes: tuple[Label, ...]
    obstacles: tuple[Label, ...]


def faults(old: Definition, new: Definition, mapping: Mapping[str, str]) -> list[FieldError]:
    """Slips in the plan itself."""
    found = []
    if (old.kind, old.item_code) != (new.kind, new.item_code):
        found.append(FieldError("/target", "目标定义属于另一事项", "The target is another item"))
    olds, news = _by_id(old), _by_id(new)
    for source, target in mapping.items():
        at = f"/mapping/{source}"
        if source not in olds:
            found.append(FieldError(at, f"原流程没有“{source}”", f"There was no step {source!r}"))
        if target and target not in news:
            found.append(FieldError(at, f"新流程没有“{target}”", f"There is no step {target!r}"))
    return found


def outlook(
    old: Definition, new: Definition, case: CaseState, mapping: Mapping[str, str]
) -> Outlook:
    news = _by_id(new)
    moved = {source: mapping.get(source, source) for source in case.process}
    kept = {s: t for s, t in moved.items() if t in news and _matters(case.process[s])}
    obstacles = [
        *_doubles(kept),
        *_lost(case.process, moved, news),
        *_unfit(case.process, kept, old, new),
        *_overtaken(case.process, kept, new),
    ]
    facts: dict[str, Any] = {}
    for source in case.process:
        facts |= dropped(source)
    for source, target in kept.items():
        facts |= told(target, **_carried(case.process[source], news[target]))
    return Outlook(facts, tuple(_changes(case.process, kept, news)), tuple(obstacles))


def _by_id(definition: Definition) -> dict[str, ProcessStep]:
    steps = definition.process.steps if definition.process else ()
    return {step.id: step for step in steps}


def _matters(status: StepStatus) -> bool:
    """What was skipped is judged anew; what was done or is under way is carried over."""
    return status.state in OPEN or status.state == StepState.DONE


def _carried(status: StepStatus, step: ProcessStep) -> dict[str, Any]:
    fields = msgspec.to_builtins(status)
    if status.group and status.group != step.group and status.state in OPEN:
        fields |= {"state": StepState.READY, "group": step.group}
        fields |= {"assignee_id": "", "assignee_name": ""}
    return dict(fields)


# --- what stands against it -------------------------------------------------------------


def _doubles(kept: Mapping[str, str]) -> Iterator[Label]:
    for target, count in Counter(kept.values()).items():
        if count > 1:
            zh, en = f"多个步骤对应“{target}”", f"Several steps would become {target!r}"
            yield Label(zh, en)


def _lost(
    statuses: Statuses, moved: Mapping[str, str], news: Mapping[str, ProcessStep]
) -> Iterator[Label]:
    for source, target in moved.items():
        if statuses[source].state in OPEN and target and target not in news:
            zh = f"未完成的步骤“{source}”在新流程中没有对应步骤"
            yield Label(zh, f"{source!r} is open and has no counterpart: map it or drop it")


def _unfit(
    statuses: Statuses, kept: Mapping[str, str], old: Definition, new: Definition
) -> Iterator[Label]:
    olds, news = _by_id(old), _by_id(new)
    for source, target in kept.items():
        was, will, status = olds.get(source), news[target], statuses[source]
        if was is not None and status.state in OPEN and was.kind != will.kind:
            zh, en = f"“{source}”与“{target}”类型不同", f"{source!r} and {target!r} differ in kind"
            yield Label(zh, en)
        known = {each.id for each in will.outcomes}
        if status.state == StepState.DONE and known and status.outcome not in known:
            zh = f"“{target}”没有结果“{status.outcome}”"
            yield Label(zh, f"{target!r} does not know the outcome {status.outcome!r}")
        if status.child and will.child != (was.child if was else ""):
            zh = f"“{target}”的子办件属于另一事项"
            yield Label(zh, f"{target!r} opens a case of another item")


def _overtaken(statuses: Statuses, kept: Mapping[str, str], new: Definition) -> Iterator[Label]:
    """An open step that could not have begun yet in the new order."""
    steps = new.process.steps if new.process else ()
    ended = {target for source, target in kept.items() if statuses[source].state in ENDED}
    for source, target in kept.items():
        missing = sorted(before(steps, target) - ended)
        if statuses[source].state in OPEN and missing:
            zh = f"“{target}”在新流程中须在“{'、'.join(missing)}”之后"
            en = f"{target!r} is under way, but now comes after {', '.join(missing)}"
            yield Label(zh, en)


# --- what changes -----------------------------------------------------------------------


def _changes(
    statuses: Statuses, kept: Mapping[str, str], news: Mapping[str, ProcessStep]
) -> Iterator[Label]:
    for source, status in statuses.items():
        target = kept.get(source)
        if target is None:
            yield Label(f"“{source}”不再保留", f"{source!r} is left behind")
            continue
        if target != source:
            yield Label(f"“{source}”改为“{target}”", f"{source!r} becomes {target!r}")
        group = news[target].group
        if status.group and status.group != group and status.state in OPEN:
            yield Label(f"“{target}”转由“{group}”办理", f"{target!r} goes to the group {group!r}")
    for step_id in news:
        if step_id not in kept.values():
            yield Label(f"“{step_id}”尚待办理", f"{step_id!r} is still to come")
