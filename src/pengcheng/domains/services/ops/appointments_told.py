"""What people are told of their appointments."""

from __future__ import annotations

from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About, Text, Values
from pengcheng.domains.services.contracts.appointments import AppointmentState
from pengcheng.domains.services.models import Appointment
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import appointments as rules
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import NotFound


def tell(row: Appointment, what: str, cause: str) -> None:
    """Send `services.appointment.<what>`; once a cause."""
    counter = rules.counters()[row.slot.counter]
    values: Values = {
        "reference": row.reference,
        "title": _title(row.item_code),
        "time": f"{clock.local(row.slot.starts_at):%Y-%m-%d %H:%M}",
        "counter": Text(counter.zh, counter.en),
    }
    messages.send(
        context=system_context("services", cause=cause),
        to=row.owner,
        template=f"services.appointment.{what}",
        values=values,
        about=About("appointment", row.id, "/appointments/"),
        idempotency_key=f"services/appointment/{what}/{cause}",
    )


def _title(item_code: str) -> Text:
    try:
        item = catalogue.item(item_code)
    except NotFound:  # the catalogue has changed since
        return Text(item_code, item_code)
    return Text(item.task_name, item.name_en or item.task_name)


def remind_due() -> int:
    """Remind of what is near and was not reminded of; answers how many."""
    now = clock.now()
    near = Appointment.objects.filter(
        state=AppointmentState.BOOKED,
        slot__starts_at__gt=now,
        slot__starts_at__lte=now + rules.REMIND_BEFORE,
        made_at__lt=now - rules.CHANGE_UNTIL,  # who has just booked remembers
    )
    rows = list(near.select_related("slot").order_by("slot__starts_at")[:500])
    for row in rows:
        tell(row, "reminder", row.id)
    return len(rows)
