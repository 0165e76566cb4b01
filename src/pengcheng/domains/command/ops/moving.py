"""Moving an incident by the state machine: the version seen must be the version held."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.db import IntegrityError, transaction

from pengcheng.domains.command import contracts, events, models, rules
from pengcheng.domains.command.ops.journal import facts_of, write
from pengcheng.domains.command.ops.reading import find, incident_contract
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.event import Event
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, FieldError, Invalid

MAX_REASON = 500


def move(context: Context, incident_id: str, wanted: contracts.Move) -> contracts.Incident:
    """Take one step. Raises Conflict when someone was faster or the state does not allow it."""
    resource = Resource(kind="incident", id=incident_id)
    with act(context, "command.incident.handle", resource) as acting:
        incident = find(incident_id, lock=True)
        row = _checked(incident, wanted)
        unit = _unit(wanted, row)
        before = incident.state
        _apply(incident, row, unit)
        _save(incident)
        event = acting.emit(_event(incident, wanted.step))
        write(
            context,
            incident,
            action=wanted.step,
            before=before,
            reason=wanted.reason.strip(),
            event=event,
        )
        acting.note(step=wanted.step, before=before, after=incident.state)
    return incident_contract(incident)


def _checked(incident: models.Incident, wanted: contracts.Move) -> contracts.Transition:
    if incident.version != wanted.version:
        raise Conflict(
            code="command.incident.changed",
            zh="该事件已被他人更新",
            en="Someone else has changed this incident",
            next_zh="请查看最新状态后再操作。",
            next_en="Look at its present state, then act.",
        )
    row = rules.transition(cast(contracts.State, incident.state), wanted.step)
    if row is None:
        raise Conflict(
            code="command.incident.step_not_allowed",
            zh="当前状态不能执行此操作",
            en="The incident's state does not allow this step",
            next_zh="请刷新页面查看可用操作。",
            next_en="Reload the page to see what can be done.",
        )
    if row.needs_reason and not wanted.reason.strip():
        raise _invalid("/reason", "请填写原因", "Give a reason")
    if len(wanted.reason) > MAX_REASON:
        raise _invalid(
            "/reason", f"原因不超过 {MAX_REASON} 字", f"Use at most {MAX_REASON} characters"
        )
    return row


def _unit(wanted: contracts.Move, row: contracts.Transition) -> models.Unit | None:
    if not row.needs_unit:
        return None
    unit = models.Unit.objects.filter(id=wanted.unit).first()
    if unit is None:
        raise _invalid("/unit", "请选择处置单位", "Choose a unit")
    return unit


def _invalid(pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(
        code="command.incident.move_invalid", zh=zh, en=en, errors=[FieldError(pointer, zh, en)]
    )


def _apply(incident: models.Incident, row: contracts.Transition, unit: models.Unit | None) -> None:
    now = clock.now()
    incident.state, incident.outcome = row.after, row.outcome
    incident.updated_at = now
    incident.version += 1
    if unit is not None:
        incident.unit = unit
    if row.step == "acknowledge" and incident.acknowledged_at is None:
        incident.acknowledged_at = now
    if row.step == "reopen":
        incident.unit = None
    incident.closed_at = now if row.after == "closed" else None


def _save(incident: models.Incident) -> None:
    try:
        with transaction.atomic():
            incident.save()
    except IntegrityError as error:
        raise Conflict(
            code="command.incident.open_already",
            zh="同一规则和设备已有未关闭的事件",
            en="There is already an open incident for this limit and entity",
            next_zh="请在未关闭的事件中继续处置。",
            next_en="Go on with the open one.",
        ) from error


def _acknowledged(incident: models.Incident) -> Event:
    at = incident.acknowledged_at or incident.updated_at
    seconds = int((at - incident.raised_at).total_seconds())
    return events.IncidentAcknowledged(**facts_of(incident), seconds=seconds)


def _closed(incident: models.Incident) -> Event:
    outcome = cast(contracts.Outcome, incident.outcome)
    return events.IncidentClosed(**facts_of(incident), outcome=outcome)


MAKERS: dict[contracts.Step, Callable[[models.Incident], Event]] = {
    "acknowledge": _acknowledged,
    "assign": lambda row: events.IncidentAssigned(**facts_of(row), unit=row.unit_id or ""),
    "start": lambda row: events.IncidentStarted(**facts_of(row), unit=row.unit_id or ""),
    "resolve": lambda row: events.IncidentResolved(**facts_of(row), unit=row.unit_id or ""),
    "close": _closed,
    "dismiss": _closed,
    "reopen": lambda row: events.IncidentReopened(**facts_of(row)),
}


def _event(incident: models.Incident, step: contracts.Step) -> Event:
    return MAKERS[step](incident)
