"""The step table under an editor's hands: put, move and remove a row, the others following."""

import msgspec

from pengcheng.domains.casework.contracts import Definition, Process, ProcessStep
from pengcheng.domains.casework.rules.drafting import steps_of

Steps = tuple[ProcessStep, ...]


def with_steps(definition: Definition, steps: Steps) -> Definition:
    process = Process(steps) if steps else None
    return msgspec.structs.replace(definition, process=process)


def put(definition: Definition, place: int, step: ProcessStep) -> Definition:
    """In the place of the row, or as a new last one. Rows after it follow a new id."""
    steps = list(steps_of(definition))
    if place >= len(steps):
        return with_steps(definition, (*steps, step))
    old, steps[place] = steps[place].id, step
    renamed = tuple(_instead(each, old, (step.id,)) for each in steps)
    return with_steps(definition, renamed if old != step.id else tuple(steps))


def remove(definition: Definition, place: int) -> Definition:
    """Rows after it begin after what it began after."""
    steps = list(steps_of(definition))
    if not 0 <= place < len(steps):
        return definition
    gone = steps.pop(place)
    return with_steps(definition, tuple(_instead(each, gone.id, gone.after) for each in steps))


def _instead(step: ProcessStep, old: str, new: tuple[str, ...]) -> ProcessStep:
    if old not in step.after:
        return step
    after = [each for one in step.after for each in (new if one == old else (one,))]
    return msgspec.structs.replace(step, after=tuple(dict.fromkeys(after)))


def move(definition: Definition, place: int, by: int) -> Definition:
    """Where a row stands in the list changes nothing but the list."""
    steps = list(steps_of(definition))
    if not (0 <= place < len(steps) and 0 <= place + by < len(steps)):
        return definition
    steps.insert(place + by, steps.pop(place))
    return with_steps(definition, tuple(steps))


def taken_over(old: Steps, new: Steps) -> Steps:
    """Rows from another program's drawing, with what such a drawing has no place for."""
    known = {step.id: step for step in old}
    return tuple(_kept(known.get(step.id), step) for step in new)


def _kept(old: ProcessStep | None, new: ProcessStep) -> ProcessStep:
    if old is None:
        return new
    kept = {
        name: getattr(old, name)
        for name in ("office", "inputs", "outcomes", "text")
        if not getattr(new, name)
    }
    if old.label.zh == new.label.zh and new.label.en == new.label.zh:
        kept["label"] = old.label
    if new.warn_days == 1:
        kept["warn_days"] = old.warn_days
    return msgspec.structs.replace(new, **kept)
