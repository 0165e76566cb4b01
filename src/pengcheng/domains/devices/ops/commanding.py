"""Commands to devices: asked for, carried, answered, or too late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.events import CommandEnded
from pengcheng.domains.devices.ops.registry import row_of
from pengcheng.domains.devices.rules import commands as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid, NotFound

LONGEST = timedelta(days=7)
LONGEST_RESULT = 4000


def ask(
    context: Context, device_id: str, *, method: str, params: Any, seconds: int
) -> contracts.Command:
    """Queue a command; it is sent when the device is there, and dies when its time is over."""
    device = row_of(device_id)
    if not method or len(method) > 60 or not 1 <= seconds <= LONGEST.total_seconds():
        raise Invalid(
            code="devices.command.invalid",
            zh="指令名称或有效期有误",
            en="The command's name or its time is wrong",
        )
    if not device.active:
        raise Invalid(code="devices.device.off", zh="设备已停用", en="The device is switched off")
    now = clock.now()
    with act(context, "devices.command.send", Resource(kind="device", id=device.id)) as acting:
        models.Device.objects.select_for_update().get(id=device.id)
        last = models.Command.objects.filter(device=device).aggregate(Max("number"))
        row = models.Command.objects.create(
            number=(last["number__max"] or 0) + 1,
            device=device,
            method=method,
            params=params,
            asked_at=now,
            asked_by=context.actor.id,
            changed_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )
        acting.note(command=row.id, method=method)
    return command_of(row)


def move(command_id: str, state: contracts.CommandState, result: str = "") -> bool:
    """One step; a step that is not possible (any more) is left undone."""
    with transaction.atomic():
        row = models.Command.objects.select_for_update().filter(id=command_id).first()
        if row is None or not rules.may(row.state, state):
            return False
        return _move(row, state, result)


def _move(row: models.Command, state: contracts.CommandState, result: str) -> bool:
    row.state, row.changed_at = state, clock.now()
    row.result = result[:LONGEST_RESULT] or row.result
    if state not in rules.ENDED:
        row.save()
        return True
    resource = Resource(kind="device", id=row.device_id)
    with act(system_context("devices"), "devices.command.end", resource) as acting:
        row.save()
        acting.note(command=row.id, state=state)
        acting.emit(
            CommandEnded(
                subject=f"device/{row.device_id}",
                command=row.id,
                device=row.device_id,
                method=row.method,
                state=state,
            )
        )
    return True


def answered(device_id: str, number: int, *, failed: bool, result: str) -> bool:
    """The device said what came of it."""
    found = models.Command.objects.filter(device_id=device_id, number=number).first()
    return found is not None and move(found.id, "failed" if failed else "done", result)


def waiting(device_ids: Sequence[str]) -> list[contracts.Command]:
    """What is to be sent to these devices, the oldest first."""
    if not device_ids:
        return []
    rows = models.Command.objects.filter(state="queued", expires_at__gt=clock.now())
    if len(device_ids) <= 500:
        rows = rows.filter(device_id__in=device_ids)
    wanted = set(device_ids)
    return [command_of(row) for row in rows.order_by("asked_at")[:500] if row.device_id in wanted]


def expire() -> int:
    """Commands whose time is over."""
    late = models.Command.objects.filter(state__in=rules.OPEN, expires_at__lte=clock.now())
    return sum(move(each, "expired") for each in late.values_list("id", flat=True))


def requeue(device_id: str) -> int:
    """A device left without having taken what was sent: it is sent again."""
    lost = models.Command.objects.filter(device_id=device_id, state="sent")
    return sum(move(each, "queued") for each in lost.values_list("id", flat=True))


def listed(device_id: str, limit: int = 20) -> tuple[contracts.Command, ...]:
    rows = models.Command.objects.filter(device_id=device_id)[:limit]
    return tuple(command_of(row) for row in rows)


def one(command_id: str) -> contracts.Command:
    row = models.Command.objects.filter(id=command_id).first()
    if row is None:
        raise NotFound(code="devices.command.not_found", zh="没有这条指令", en="No such command")
    return command_of(row)


def command_of(row: models.Command) -> contracts.Command:
    names = [n for n in contracts.Command.__struct_fields__ if n != "device"]
    return contracts.Command(device=row.device_id, **{name: getattr(row, name) for name in names})
