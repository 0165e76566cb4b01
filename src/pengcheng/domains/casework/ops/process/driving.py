"""The process goes as far as it can by itself, within the transaction of what set it going."""

from typing import Any

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Label, Outcome, Person, Step, StepState
from pengcheng.domains.casework.ops import opening, store, versions
from pengcheng.domains.casework.ops.walking import Walk, Words, walking, worded
from pengcheng.domains.casework.rules.process import plan
from pengcheng.domains.casework.rules.process.names import names
from pengcheng.domains.casework.rules.process.parking import parked
from pengcheng.domains.casework.rules.process.plan import Moment, Move
from pengcheng.domains.casework.rules.process.status import ACTIVE
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Problem

MOST_MOVES = 500
DEEPEST = 4
"""Cases within cases: more is a circle of items that open each other."""


def accepted(walk: Walk) -> None:
    """The case is accepted: its process begins."""
    walk.step(Step.ACCEPT, Words())
    walk.tell(events.CaseAccepted)
    go_on(walk)


def go_on(walk: Walk) -> None:
    """Make every move that needs no person, no day and no message."""
    if walk.pinned.process is None:
        return
    submission = store.read_submission(walk.row)
    for _ in range(MOST_MOVES):
        state, now = walk.state, Moment(clock.now(), clock.today())
        if state.state not in ACTIVE:
            return
        known = names(walk.pinned, submission, state.process, now.today)
        move = plan.next_move(walk.pinned, state, known, now)
        if move is None:
            break
        _perform(walk, move)
    if walk.finished and not walk.was_finished:
        walk.was_finished = True
        walk.tell(events.ProcessFinished)


def _perform(walk: Walk, move: Move) -> None:
    if move.opens:
        _open_child(walk, move)
        return
    words, told = worded(move.reason, trace=move.trace)
    if move.trace:
        told = told | {"decision": move.step.decision}
    walk.line(move.verb, move.step.id, move.changes, words, by=walk.engine, **told)
    _tell(walk, move)
    if move.ends is not None:
        _end(walk, move, move.ends)


def _tell(walk: Walk, move: Move) -> None:
    step = move.step
    if move.verb in {Step.STEP_READY, Step.STEP_RETRIED} and step.kind == "message":
        attempt = walk.state.process[step.id].attempts
        walk.tell(events.MessageWanted, step_id=step.id, name=step.message, attempt=attempt)
    elif move.verb == Step.STEP_READY and step.kind == "task":
        walk.tell(events.TaskReady, step_id=step.id, task_group=step.group)
    elif step.kind == "notice" and move.verb == Step.STEP_DONE:
        walk.tell(events.NoticeGiven, step_id=step.id)
    elif move.verb in {Step.STEP_DONE, Step.STEP_SKIPPED, Step.TIMER_FIRED}:
        outcome = walk.state.process[step.id].outcome or "skipped"
        walk.tell(events.StepEnded, step_id=step.id, outcome=outcome)


def _end(walk: Walk, move: Move, outcome: Outcome) -> None:
    """A decision step has the last word."""
    verb = Step.GRANT_BY_RULE if outcome == "granted" else Step.REFUSE_BY_RULE
    words, told = worded(
        move.reason,
        legal_basis=walk.pinned.legal_basis,
        input_hash=walk.row.submission,
        trace=move.trace,
    )
    walk.step(verb, words, by_step=True, automatic=True, deciding_step=move.step.id, **told)
    walk.tell(events.CaseDecided, outcome=outcome, automatic=True)


# --- child cases ------------------------------------------------------------------------


def _open_child(walk: Walk, move: Move) -> None:
    """A case of another item for the same owner; without a version of it the step is parked."""
    kind, item = walk.pinned.kind, move.opens
    version = versions.current(kind, item) or versions.current("", item)
    if version is None:
        zh, en = f"事项“{item}”尚未发布", f"Item {item} has not been published"
        _park(walk, move, Label(zh, en))
        return
    if _depth(walk) >= DEEPEST:
        _park(walk, move, Label("子办件层级过多", "Too many cases within cases"))
        return
    try:
        child = _opened(walk, move, version.sha256)
    except Problem as problem:
        _park(walk, move, Label(problem.title("zh-hans"), problem.title("en")))
        return
    _child_line(walk, move, child)
    with walking(walk.engine, child, Step.ACCEPT) as inner:
        accepted(inner)


def _opened(walk: Walk, move: Move, definition: str) -> str:
    row = walk.row
    receipt = opening.open_case(
        walk.engine,
        definition,
        store.read_submission(row),
        f"child/{row.pk}/{move.step.id}",
        Person(row.owner_id, row.owner_name),
        parent=opening.Parent(case_id=row.pk, step_id=move.step.id, opened_by=row.opened_by),
    )
    return receipt.case.id


def _child_line(walk: Walk, move: Move, child: str) -> None:
    changes: dict[str, Any] = {
        "state": StepState.WAITING,
        "begun_at": clock.now(),
        "child": child,
        "next_try_at": None,
    }
    walk.line(Step.CHILD_OPENED, move.step.id, changes, by=walk.engine)
    walk.tell(events.ChildOpened, step_id=move.step.id, child=child)


def _park(walk: Walk, move: Move, waiting_for: Label) -> None:
    changes = parked(walk.state.process.get(move.step.id), waiting_for, clock.now())
    words, told = worded(waiting_for)
    walk.line(Step.STEP_PARKED, move.step.id, changes, words, by=walk.engine, **told)
    walk.tell(events.StepParked, step_id=move.step.id)


def _depth(walk: Walk) -> int:
    depth, parent = 0, walk.row.parent_id
    while parent and depth < DEEPEST:
        depth, parent = depth + 1, store.find(parent).parent_id
    return depth
