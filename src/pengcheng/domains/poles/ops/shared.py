"""Rows to contracts, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Iterable

from pengcheng.domains.poles import contracts, models
from pengcheng.kernel.problems import FieldError, Invalid, NotFound


def refuse(errors: Iterable[FieldError]) -> None:
    """Raises Invalid when there is anything."""
    found = list(errors)
    if found:
        raise Invalid(
            code="poles.pole.invalid",
            zh="填写有误",
            en="This is not as it should be",
            next_zh="请按提示更正。",
            next_en="Mend what is listed.",
            errors=found,
        )


def pole_row(pole_id: str, *, lock: bool = False) -> models.Pole:
    """By id or by code. Raises NotFound."""
    rows = models.Pole.objects.select_for_update() if lock else models.Pole.objects
    row = rows.filter(id=pole_id).first() or rows.filter(code=pole_id).first()
    if row is None:
        raise NotFound(code="poles.pole.not_found", zh="没有这根杆", en="There is no such pole")
    return row


def mount_row(mount_id: str) -> models.Mount:
    row = models.Mount.objects.select_related("pole").filter(id=mount_id).first()
    if row is None:
        raise NotFound(code="poles.mount.not_found", zh="没有这件设备", en="There is no such mount")
    return row


def pole_of(row: models.Pole) -> contracts.Pole:
    names = contracts.Pole.__struct_fields__
    facts = {name: getattr(row, name) for name in names if name in _POLE}
    mounts, faults = getattr(row, "mount_count", 0), getattr(row, "fault_count", 0)
    return contracts.Pole(**facts, entity=entity_of(row), mounts=mounts, faults=faults)


_POLE = frozenset(field.name for field in models.Pole._meta.concrete_fields)


def entity_of(row: models.Pole) -> str:
    return f"urn:ngsi-ld:SmartPole:{row.code}"


def mount_entity(row: models.Mount) -> str:
    """The device that it is known as, else one of its own."""
    return row.device or f"urn:ngsi-ld:Device:{row.code}"


def mount_of(row: models.Mount, faulty: frozenset[str] = frozenset()) -> contracts.Mount:
    names = (*contracts.NewMount.__struct_fields__, "id", "mounted_at", "unmounted_at")
    facts = {name: getattr(row, name) for name in names}
    return contracts.Mount(**facts, pole=row.pole_id, faulty=row.id in faulty)


def fault_of(row: models.Fault, *, journal: bool = False) -> contracts.Fault:
    names = ("id", "state", "severity", "text", "opened_at", "changed_at")
    steps = row.steps.all() if journal else ()
    return contracts.Fault(
        **{name: getattr(row, name) for name in names},
        pole=row.pole_id,
        mount=row.mount_id or "",
        journal=tuple(
            contracts.Step(at=each.at, who=each.who, state=each.state, note=each.note)  # type: ignore[arg-type]
            for each in steps
        ),
    )
