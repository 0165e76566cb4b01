"""What officials do: open and close times, see who comes today, check people in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from pengcheng.domains.services.contracts.appointments import Appointment as View
from pengcheng.domains.services.contracts.appointments import (
    AppointmentState,
    OpeningPlan,
)
from pengcheng.domains.services.contracts.appointments import Slot as SlotView
from pengcheng.domains.services.models import Appointment, Slot
from pengcheng.domains.services.ops import appointments as booking
from pengcheng.domains.services.ops import appointments_told as telling
from pengcheng.domains.services.rules import appointments as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act, look
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid, NotFound
from pengcheng.kernel.workcalendar import WorkCalendar

MANAGE, SERVE = "services.slot.manage", "services.appointment.serve"


def open_slots(context: Context, plan: OpeningPlan) -> int:
    """Open the times of a plan; those that are there already stay as they are."""
    wrong = rules.faults_of(plan, clock.today())
    if wrong:
        raise Invalid(
            code="services.slot.invalid",
            zh="开放时段填写有误",
            en="The plan is not right",
            errors=[FieldError(f"/{name}", "取值不正确", "Is not right") for name in wrong],
        )
    with act(context, MANAGE, Resource(kind="counter", id=plan.counter)) as acting:
        before = Slot.objects.count()
        rows = [
            Slot(
                counter=plan.counter,
                item_code=plan.item_code,
                starts_at=start,
                ends_at=end,
                capacity=plan.capacity,
            )
            for start, end in rules.times(plan, WorkCalendar.china(), clock.CITY_ZONE)
        ]
        Slot.objects.bulk_create(rows, ignore_conflicts=True)
        made = Slot.objects.count() - before
        acting.note(made=made)
    return made


def set_closed(context: Context, slot_id: str, closed: bool) -> SlotView:
    """Close a time, or open it again. Who had booked it is told and may choose another."""
    with act(context, MANAGE, Resource(kind="slot", id=slot_id)) as acting:
        row = Slot.objects.select_for_update().filter(pk=slot_id).first()
        if row is None:
            raise NotFound(code="services.slot.not_found", zh="没有该时段", en="No such time")
        row.closed = closed
        waiting = row.appointments.filter(state=AppointmentState.BOOKED) if closed else ()
        for each in waiting:
            event = booking.close(acting, each, AppointmentState.CANCELLED)
            telling.tell(each, "called_off", event)
            row.booked -= 1
        row.save(update_fields=["closed", "booked"])
        return booking.slot_view(row)


def check_in(context: Context, appointment_id: str, came: bool) -> View:
    """Write down that the person came, or did not."""
    with act(context, SERVE, Resource(kind="appointment", id=appointment_id)) as acting:
        row = booking.find(appointment_id, lock=True)
        if row.state != AppointmentState.BOOKED:
            raise booking.ended()
        acting.shows([row.owner])
        booking.close(acting, row, AppointmentState.CAME if came else AppointmentState.MISSED)
        return booking.view(row)


def of_day(context: Context, counter: str, day: date) -> tuple[View, ...]:
    """Who comes to a counter on a day, in order."""
    permit(context, SERVE, Resource(kind="counter", id=counter))
    start, end = _bounds(day, 1)
    rows = Appointment.objects.filter(
        slot__counter=counter, slot__starts_at__gte=start, slot__starts_at__lt=end
    ).exclude(state=AppointmentState.CANCELLED)
    found = list(rows.select_related("slot"))
    what = Resource(kind="counter", id=counter)
    look(context, SERVE, what, subjects=[row.owner for row in found])
    return tuple(booking.view(row) for row in found)


def slots(counter: str, monday: date, item_code: str | None) -> tuple[SlotView, ...]:
    """The times of a week; with an item only those that serve it."""
    start, end = _bounds(monday, 7)
    rows = Slot.objects.filter(counter=counter, starts_at__gte=start, starts_at__lt=end)
    if item_code is not None:
        rows = rows.filter(item_code__in=("", item_code))
    return tuple(booking.slot_view(row) for row in rows)


def _bounds(first: date, days: int) -> tuple[datetime, datetime]:
    start = datetime.combine(first, time(), clock.CITY_ZONE)
    return start, start + timedelta(days=days)
