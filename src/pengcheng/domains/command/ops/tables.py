"""What the city sets beforehand: units and the grading table."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db.models import Count, Q

from pengcheng.domains.command import contracts, models
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

LEVEL_FIELDS = [name for name in contracts.Level.__struct_fields__ if name != "id"]
UNIT_FIELDS = ["zh", "en", "skills", "longitude", "latitude", "simulated"]


def levels() -> tuple[contracts.Level, ...]:
    """The grading table."""
    names = contracts.Level.__struct_fields__
    return tuple(
        contracts.Level(**{name: getattr(row, name) for name in names})
        for row in models.Level.objects.all()
    )


def save_levels(context: Context, rows: Sequence[contracts.Level]) -> int:
    """Set rows of the grading table."""
    made = [models.Level(**msgspec.to_builtins(row)) for row in rows]
    with act(context, "command.table.save", Resource(kind="levels")) as acting:
        models.Level.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["id"], update_fields=LEVEL_FIELDS
        )
        acting.note(count=len(made))
    return len(made)


def units() -> tuple[contracts.Unit, ...]:
    """Every unit, and how much it has in hand."""
    busy = Count("incidents", filter=Q(incidents__state__in=("assigned", "in_progress")))
    return tuple(
        contracts.Unit(
            id=row.id,
            zh=row.zh,
            en=row.en,
            skills=tuple(row.skills),
            longitude=row.longitude,
            latitude=row.latitude,
            simulated=row.simulated,
            busy=row.busy,
        )
        for row in models.Unit.objects.annotate(busy=busy)
    )


def save_units(context: Context, rows: Sequence[contracts.Unit]) -> int:
    """Set units."""
    made = [
        models.Unit(id=row.id, **{name: getattr(row, name) for name in UNIT_FIELDS}) for row in rows
    ]
    for unit in made:
        unit.skills = list(unit.skills)
    with act(context, "command.table.save", Resource(kind="units")) as acting:
        models.Unit.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["id"], update_fields=UNIT_FIELDS
        )
        acting.note(count=len(made))
    return len(made)
