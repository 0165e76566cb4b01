"""A use case as one thing: permit, change, events and audit line together or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from pengcheng.kernel import audit
from pengcheng.kernel.context import Context
from pengcheng.kernel.event import Event
from pengcheng.kernel.events import emit
from pengcheng.kernel.permits import Resource, is_personal, permit
from pengcheng.kernel.problems import Denied, Problem

_whole: ContextVar[list[audit.Told] | None] = ContextVar("pengcheng_whole_act", default=None)
"""The audit lines of the parts of an act that stands or falls as a whole."""


class Acting:
    """An act under way; collects what the audit line will say."""

    def __init__(self, context: Context, resource: Resource) -> None:
        self.context = context
        self.resource = resource
        self.facts: dict[str, Any] = {}
        self.parts: list[audit.Told] = []
        self.shown: tuple[str, ...] = ()

    def emit(self, event: Event) -> str:
        """Tell the city what happened; returns the event's id."""
        return emit(self.context, event)

    def note(self, **facts: Any) -> None:
        """Facts for the audit line; never personal data."""
        self.facts.update(facts)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """The acts within are parts of this one: none can fail and be survived by the others.

        They need no savepoint of their own, and their audit lines are written together at the end,
        so that the chain is locked once and briefly.
        """
        token = _whole.set(self.parts)
        try:
            yield
        finally:
            _whole.reset(token)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail and be survived: it is undone with what its acts would have told."""
        parts = _whole.get()
        told = len(parts) if parts is not None else 0
        try:
            with transaction.atomic():
                yield
        except BaseException:
            if parts is not None:
                del parts[told:]
            raise

    def shows(self, subjects: Iterable[str]) -> None:
        """Whose personal data are shown, where the resource has no single owner (a list)."""
        self.shown = tuple(dict.fromkeys(each for each in subjects if each))

    def subjects(self, action: str) -> tuple[str, ...]:
        """Those in whose access log the act appears."""
        if not is_personal(action):
            return ()
        return self.shown or ((self.resource.owner,) if self.resource.owner else ())

    def concerns(self, resource: Resource) -> None:
        """Name the resource once it is known (one that the act itself made)."""
        self.resource = resource


class _Part:
    """As ``atomic(savepoint=False)`` in the transaction of the whole: a failure undoes it all."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            transaction.set_rollback(True)


@contextmanager
def act(context: Context, action: str, resource: Resource) -> Iterator[Acting]:
    """Permit → transaction → audit. A refusal or failure undoes the change and is audited by
    itself.
    """
    acting = Acting(context, resource)
    parts = _whole.get()
    try:
        permit(context, action, resource)
        with transaction.atomic() if parts is None else _Part():
            yield acting
            line = audit.Told(
                context,
                action,
                str(acting.resource),
                facts=acting.facts,
                subjects=acting.subjects(action),
            )
            if parts is None:
                audit.tell([*acting.parts, line])
            else:
                parts += [*acting.parts, line]
    except Denied as problem:
        _record_end(context, action, acting, "denied", problem)
        raise
    except Problem as problem:
        _record_end(context, action, acting, "failure", problem)
        raise


def _record_end(
    context: Context, action: str, acting: Acting, outcome: audit.Outcome, problem: Problem
) -> None:
    """Audit an end without effect. Within an outer act its transaction would take the line back:
    the outer act,
    which meets the same problem, writes it instead."""
    if transaction.get_connection().in_atomic_block and _has_outer_act():
        return
    audit.record(
        context,
        action=action,
        resource=str(acting.resource),
        outcome=outcome,
        facts={"code": problem.code},
        subjects=acting.subjects(action),
    )
    problem.audited = True


def look(
    context: Context, action: str, resource: Resource, *, subjects: Iterable[str] = ()
) -> None:
    """Permit a reading of personal data and write it down, for the audit and for the person.

    What somebody reads about themselves is permitted only: no log would be readable with it.
    """
    if resource.owner and resource.owner == context.actor.id:
        permit(context, action, resource)
        return
    with act(context, action, resource) as acting:
        acting.shows(subjects)


def _has_outer_act() -> bool:
    """Whether an enclosing atomic block (not a test's own) will be rolled back by the problem."""
    blocks = transaction.get_connection().atomic_blocks
    return any(not getattr(block, "_from_testcase", False) for block in blocks)
