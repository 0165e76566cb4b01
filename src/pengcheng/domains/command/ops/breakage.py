"""From a fault on a pole to an incident, and back."""

from __future__ import annotations

from pengcheng.domains.command.ops import raising, silence
from pengcheng.domains.poles.events import FaultOpened, FaultRepaired
from pengcheng.domains.sensing.events import LimitCrossed
from pengcheng.kernel.context import Context


def raise_from(context: Context, fault: FaultOpened) -> str:
    """Told as a crossed limit is; the text of the report stays with the pole."""
    simulated = "（模拟）" if fault.simulated else ""
    crossing = LimitCrossed(
        subject=fault.subject,
        limit=_limit(fault.fault),
        limit_zh=f"智能杆故障：{fault.code}{simulated}",
        limit_en=f"fault on pole {fault.code}{' (simulated)' if fault.simulated else ''}",
        severity=fault.severity,
        direction="above",
        raise_at=1.0,
        entity=fault.entity,
        attribute="poleFault",
        observation="",
        value=1.0,
        unit_code="",
        observed_at=fault.at,
        provenance="generated" if fault.simulated else "measured",
    )
    return raising.raise_from(context, crossing)


def _limit(fault: str) -> str:
    return f"fault-{fault}"


def note_repaired(context: Context, repaired: FaultRepaired) -> str | None:
    return silence.note_over(context, _limit(repaired.fault), repaired.at)
