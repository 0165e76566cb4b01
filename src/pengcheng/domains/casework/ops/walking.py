"""How every step of a case is walked: lock, permit, guards, effects, journal, event."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Case, Definition, Label, Step
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import definitions, effects, store, views
from pengcheng.domains.casework.ops.news import event
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.process.plan import finished
from pengcheng.domains.casework.rules.process.status import OPEN, told
from pengcheng.domains.casework.rules.table import ENDED, STEPS
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context, system_context

Words = store.Words


def worded(reason: Label | None, **more: Any) -> tuple[Words, dict[str, Any]]:
    """What the engine itself says, with the facts that keep both languages apart."""
    if reason is None:
        return Words(**more), {}
    words = Words(reason=f"{reason.zh}\n{reason.en}", **more)
    return words, {"reason_zh": reason.zh, "reason_en": reason.en}


class Walk:
    """One step under way: the locked row, and the way to write it down."""

    def __init__(self, acting: Acting, row: CaseRecord) -> None:
        self.acting, self.row = acting, row
        self.was_finished = self.finished

    @property
    def context(self) -> Context:
        return self.acting.context

    @property
    def engine(self) -> Context:
        """The context of what the process does by itself in this walk."""
        return system_context("casework", cause=self.context.cause)

    @property
    def pinned(self) -> Definition:
        return definitions.load(self.row.definition_id)

    @property
    def state(self) -> CaseState:
        return store.state_of(self.row)

    @property
    def finished(self) -> bool:
        return self.pinned.process is None or finished(self.pinned, self.state)

    def step(self, step: Step, words: Words, *, by_step: bool = False, **more: Any) -> None:
        """Check the guards, work out the effects of the table's row, write line and state."""
        context = self.engine if by_step else self.context
        facts = msgspec.structs.replace(store.facts_of(self.row), by_step=by_step)
        who = guards.asker(context, self.row.owner_id)
        problem = guards.objection(self.state, facts, step, who) or guards.reason_wanted(
            step, words.reason
        )
        if problem is not None:
            raise problem
        self._write(context, step, words, more)

    def line(
        self,
        verb: Step,
        step_id: str,
        changes: dict[str, Any],
        words: Words | None = None,
        *,
        by: Context | None = None,
        **more: Any,
    ) -> None:
        """A line about a step of the process; its guards are the caller's."""
        facts = {"step": step_id} | told(step_id, **changes) | more
        self._write(by or self.context, verb, words or Words(), facts)

    def _write(self, context: Context, step: Step, words: Words, more: dict[str, Any]) -> None:
        before = self.state
        found = effects.of(step, before, self.pinned, context) | more
        store.advance(context, self.row, step, found, words)
        self.acting.note(step=step.value, state=self.row.state, head=self.row.head)
        if self.row.state in ENDED and before.state not in ENDED:
            self._tell_family(before)

    def _tell_family(self, before: CaseState) -> None:
        """The parent goes on with the outcome; children that are still open end too."""
        if before.parent_id:
            self.tell(events.ChildEnded, parent=before.parent_id, step_id=before.parent_step)
        for step_id, status in before.process.items():
            if status.child and status.state in OPEN:
                self.tell(events.ChildDropped, child=status.child, step_id=step_id)

    def tell(self, kind: type[events.CaseEvent], **more: Any) -> None:
        self.acting.emit(event(kind, self.row, **more))

    def view(self) -> Case:
        return views.case_view(self.context, self.row)


@contextmanager
def walking(
    context: Context, case_id: str, step: Step, version: int | None = None
) -> Iterator[Walk]:
    """Permit the step on this case and hold its row; another version than seen is a `Conflict`."""
    seen = store.find(case_id)
    with act(context, STEPS[step].permission, store.resource(seen)) as acting:
        row = store.find(case_id, lock=True)
        if version is not None and version != row.version:
            raise guards.stale()
        yield Walk(acting, row)
