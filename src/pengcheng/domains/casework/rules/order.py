"""The order of a step table: what comes before a step, circles, steps that nothing leads to."""

from collections.abc import Iterator, Sequence

from pengcheng.domains.casework.contracts import ProcessStep
from pengcheng.kernel.problems import FieldError


def before(steps: Sequence[ProcessStep], step_id: str) -> frozenset[str]:
    """Every step that must have ended before this one begins."""
    after = {step.id: step.after for step in steps}
    found: set[str] = set()
    open_ = list(after.get(step_id, ()))
    while open_:
        each = open_.pop()
        if each not in found and each in after:
            found.add(each)
            open_ += after[each]
    return frozenset(found)


def order_faults(steps: Sequence[ProcessStep]) -> Iterator[FieldError]:
    known = {step.id for step in steps}
    reached = _reached(steps)
    for place, step in enumerate(steps):
        at, name = f"/process/steps/{place}/after", step.id or str(place + 1)
        for each in step.after:
            if each not in known:
                yield FieldError(
                    at,
                    f"步骤“{name}”：前序步骤“{each}”不存在",
                    f"{name}: it comes after {each!r}, and there is no such step",
                )
        if step.id in before(steps, step.id):
            yield FieldError(
                at, f"步骤“{name}”：与前序步骤循环", f"{name}: it waits for itself in a circle"
            )
        elif step.id not in reached and set(step.after) <= known:
            yield FieldError(
                at,
                f"步骤“{name}”：永远无法到达",
                f"{name}: nothing leads to it, for a step before it can never end",
            )


def _reached(steps: Sequence[ProcessStep]) -> set[str]:
    """Steps that a case can come to."""
    found: set[str] = set()
    while True:
        more = {s.id for s in steps if s.id not in found and set(s.after) <= found}
        if not more:
            return found
        found |= more
