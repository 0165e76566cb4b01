"""What does not work: opened, taken up, repaired, each step in the journal."""

from __future__ import annotations

from pengcheng.domains.poles import contracts, models
from pengcheng.domains.poles.events import FaultOpened, FaultRepaired
from pengcheng.domains.poles.ops import assets, shared
from pengcheng.domains.poles.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, FieldError, NotFound

MOST = 200


def report(
    context: Context, pole_id: str, *, mount_id: str, severity: contracts.Severity, text: str
) -> contracts.Fault:
    """Open a fault; of a mount there is one at a time, more is written into it."""
    with act(context, "poles.fault.report", Resource(kind="pole")) as acting:
        pole = shared.pole_row(pole_id, lock=True)
        acting.concerns(Resource(kind="pole", id=pole.id))
        mount = _mount_on(pole, mount_id)
        _check(severity, text)
        open_one = models.Fault.objects.exclude(state="repaired").filter(pole=pole, mount=mount)
        row = open_one.first()
        now = clock.now()
        if row is not None:
            _write(context, row, text)
            return shared.fault_of(row, journal=True)
        row = models.Fault.objects.create(
            pole=pole, mount=mount, severity=severity, text=text, opened_at=now, changed_at=now
        )
        _write(context, row, text)
        assets.touch(pole.id)
        acting.emit(_opened(row, pole, mount))
        acting.note(severity=severity)
    return shared.fault_of(row, journal=True)


def _mount_on(pole: models.Pole, mount_id: str) -> models.Mount | None:
    if not mount_id:
        return None
    row = shared.mount_row(mount_id)
    if row.pole_id != pole.id or row.unmounted_at is not None:
        raise NotFound(code="poles.mount.not_found", zh="杆上没有这件设备", en="Not on this pole")
    return row


def _check(severity: str, text: str) -> None:
    if not checks.severity_known(severity):
        shared.refuse([FieldError("/severity", "没有这个级别", "No such severity")])
    if not text.strip() or len(text) > 500:
        shared.refuse(
            [FieldError("/text", "请说明故障，最多 500 字", "Say what is wrong, briefly")]
        )


def _entity(pole: models.Pole, mount: models.Mount | None) -> str:
    return shared.mount_entity(mount) if mount else shared.entity_of(pole)


def _opened(row: models.Fault, pole: models.Pole, mount: models.Mount | None) -> FaultOpened:
    return FaultOpened(
        subject=f"pole/{pole.id}",
        fault=row.id,
        pole=pole.id,
        code=pole.code,
        entity=_entity(pole, mount),
        severity=row.severity,  # type: ignore[arg-type]
        at=row.opened_at,
        simulated=pole.simulated,
    )


def _write(context: Context, row: models.Fault, note: str) -> None:
    who = context.actor.name or context.actor.id
    row.steps.create(at=clock.now(), who=who, state=row.state, note=note)


def move(
    context: Context, fault_id: str, *, to: contracts.FaultState, note: str
) -> contracts.Fault:
    """Take a fault up, or say that it is repaired. Raises Conflict."""
    with act(context, "poles.fault.handle", Resource(kind="fault", id=fault_id)) as acting:
        row = _row(fault_id, lock=True)
        if to not in checks.NEXT[row.state]:  # type: ignore[index]
            raise Conflict(
                code="poles.fault.not_so",
                zh="故障当前状态不能这样处理",
                en="That does not follow from how the fault stands",
                next_zh="请刷新页面查看最新状态。",
                next_en="Load the page again to see how it stands.",
            )
        row.state, row.changed_at = to, clock.now()
        row.save(update_fields=["state", "changed_at"])
        _write(context, row, note[:500])
        assets.touch(row.pole_id)
        if to == "repaired":
            acting.emit(
                FaultRepaired(
                    subject=f"pole/{row.pole_id}",
                    fault=row.id,
                    entity=_entity(row.pole, row.mount),
                    at=row.changed_at,
                )
            )
        acting.note(state=to)
    return shared.fault_of(row, journal=True)


def _row(fault_id: str, *, lock: bool = False) -> models.Fault:
    rows = models.Fault.objects.select_for_update() if lock else models.Fault.objects
    row = rows.filter(id=fault_id).first()
    if row is None:
        raise NotFound(code="poles.fault.not_found", zh="没有这个故障", en="There is no such fault")
    return row


def one(fault_id: str) -> contracts.Fault:
    return shared.fault_of(_row(fault_id), journal=True)


def listed(pole_id: str) -> tuple[contracts.Fault, ...]:
    rows = models.Fault.objects.all().prefetch_related("steps")
    if pole_id:
        rows = rows.filter(pole=pole_id)
    return tuple(shared.fault_of(row, journal=True) for row in rows[:MOST])
