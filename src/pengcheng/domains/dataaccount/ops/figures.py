"""Consents and uses in counts, for data stewards: no persons."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import Figures, PurposeFigures, Standing, State, Stray
from pengcheng.domains.dataaccount.models import ConsentRecord
from pengcheng.domains.dataaccount.ops import store
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.looks import tallies
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.registry import permissions

DAYS = 30


def figures(context: Context) -> Figures:
    """Each purpose of the register, and the readings that fit none."""
    permit(context, "dataaccount.figures.read", Resource(kind="figures"))
    now = clock.now()
    personal = [one.id for one in permissions().values() if one.personal]
    told = tallies(personal, now - timedelta(days=DAYS))
    looks, refused = Counter[str](), Counter[str]()
    for one in told:
        looks[one.purpose] += one.lines
        refused[one.purpose] += one.refused
    counted = _counted()
    known = rules.purposes()
    return Figures(
        at=now,
        days=DAYS,
        purposes=tuple(
            PurposeFigures(
                purpose=one,
                holds=counted[one.id, "holds"],
                withdrawn=counted[one.id, "withdrawn"],
                lapsed=counted[one.id, "lapsed"],
                looks=looks[one.id],
                refused=refused[one.id],
            )
            for one in known.values()
        ),
        strays=tuple(
            Stray(purpose=one.purpose, action=one.action, lines=one.lines)
            for one in told
            if one.purpose not in known
        ),
    )


def _counted() -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for row in ConsentRecord.objects.exclude(state=State.REPLACED).iterator():
        stands = store.standing(row)
        kind = stands.value if stands in {Standing.HOLDS, Standing.WITHDRAWN} else "lapsed"
        found[row.purpose, kind] += 1
    return found
