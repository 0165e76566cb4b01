"""What reaches a process from elsewhere: messages, things out of order, ends of child cases."""

import re
from collections.abc import Mapping
from typing import Any

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Label, State, Step, StepState
from pengcheng.domains.casework.ops import store
from pengcheng.domains.casework.ops.process.driving import go_on
from pengcheng.domains.casework.ops.walking import Walk, Words, walking, worded
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.process.names import LARGEST, packed
from pengcheng.domains.casework.rules.process.parking import parked
from pengcheng.domains.casework.rules.table import OPEN, target
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def deliver(context: Context, case_id: str, name: str, facts: Mapping[str, Any]) -> bool:
    """Record the message once and let the process go on; answers whether it was new."""
    said = _checked(name, facts)
    with walking(context, case_id, Step.MESSAGE_ARRIVED) as walk:
        if name in walk.row.messages:
            walk.acting.note(repeated=True)
            return False
        if target(walk.state.state, Step.MESSAGE_ARRIVED) is None:
            raise guards.not_now()
        more: dict[str, Any] = {f"messages/{name}": said}
        walk.line(Step.MESSAGE_ARRIVED, "", {}, Words(), **more)
        go_on(walk)
        return True


def _checked(name: str, facts: Mapping[str, Any]) -> str:
    said = packed(facts)
    errors = []
    if not NAME.fullmatch(name):
        errors.append(FieldError("/name", "消息名称有误", "That is no name of a message"))
    if len(said) > LARGEST or "\\u0000" in said:
        errors.append(FieldError("/facts", "消息内容过大或有误", "The message holds too much"))
    if errors:
        raise Invalid(
            code="casework.message.invalid",
            zh="消息有误",
            en="The message is not right",
            next_zh="请更正后重新发送。",
            next_en="Mend it and send it again.",
            errors=errors,
        )
    return said


def park(
    context: Context, case_id: str, step_id: str, waiting_for: Label, seconds: int | None
) -> None:
    """What the step needs is out of order: say so, and try again after a while."""
    with walking(context, case_id, Step.STEP_PARKED) as walk:
        status = walk.state.process.get(step_id)
        if status is None or status.state not in {StepState.WAITING, StepState.PARKED}:
            raise guards.not_now()
        if target(walk.state.state, Step.STEP_PARKED) is None:
            raise guards.not_now()
        changes = parked(status, waiting_for, clock.now(), seconds)
        words, told = worded(waiting_for)
        walk.line(Step.STEP_PARKED, step_id, changes, words, **told)
        walk.tell(events.StepParked, step_id=step_id)


# --- families ---------------------------------------------------------------------------


def child_ended(context: Context, child_id: str) -> bool:
    """Tell the parent how its child ended, once; a parent that has ended meanwhile stays so."""
    child = store.find(child_id)
    if not child.parent_id:
        return False
    with walking(context, child.parent_id, Step.CHILD_CLOSED) as walk:
        status = walk.state.process.get(child.parent_step)
        waits = status is not None and status.child == child_id
        if not waits or status is None or status.state != StepState.WAITING:
            return False
        _close_child(walk, child.parent_step, child.outcome or State.WITHDRAWN.value)
        go_on(walk)
        return True


def _close_child(walk: Walk, step_id: str, outcome: str) -> None:
    changes = {"state": StepState.DONE, "outcome": outcome, "ended_at": clock.now()}
    walk.line(Step.CHILD_CLOSED, step_id, changes)
    walk.tell(events.StepEnded, step_id=step_id, outcome=outcome)


def drop(context: Context, child_id: str) -> bool:
    """The parent has ended: a child that is still open ends too."""
    with walking(context, child_id, Step.WITHDRAW) as walk:
        if walk.row.state not in OPEN:
            return False
        why = Label("所属办件已结束", "The case it belonged to has ended")
        words, told = worded(why)
        walk.step(Step.WITHDRAW, words, **told)
        walk.tell(events.CaseWithdrawn)
        return True
