"""The door of appointments: times at counters, booking them, serving who comes."""

from __future__ import annotations

from datetime import date

from pengcheng.domains.services.contracts.appointments import (
    Appointment,
    Counter,
    OpeningPlan,
    Slot,
)
from pengcheng.domains.services.ops import appointments as booking
from pengcheng.domains.services.ops import appointments_desk as desk
from pengcheng.domains.services.ops import appointments_told as telling
from pengcheng.domains.services.rules import appointments as rules
from pengcheng.kernel.context import Context


def counters() -> tuple[Counter, ...]:
    """The counters that can be visited."""
    return tuple(rules.counters().values())


def counter(*, id: str) -> Counter | None:
    return rules.counters().get(id)


def free_slots(*, counter: str, monday: date, item_code: str) -> tuple[Slot, ...]:
    """The times of a week at a counter that serve an item. Public: nobody's name is in them."""
    return desk.slots(counter, monday, item_code)


def book(*, context: Context, item_code: str, slot_id: str, instead: str = "") -> Appointment:
    """Take a time; with ``instead`` another appointment of one's own is given back for it.

    Raises Conflict: taken, closed, too late, or there is one for this item already.
    """
    return booking.book(context, item_code, slot_id, instead)


def cancel(*, context: Context, appointment_id: str) -> Appointment:
    """Give one's time back."""
    return booking.cancel(context, appointment_id)


def get_appointment(*, context: Context, appointment_id: str) -> Appointment:
    """One of one's own."""
    return booking.get(context, appointment_id)


def own_appointments(*, context: Context) -> tuple[Appointment, ...]:
    """One's own, those to come first."""
    return booking.own(context)


def open_slots(*, context: Context, plan: OpeningPlan) -> int:
    """Open times on working days; answers how many are new. Raises Invalid."""
    return desk.open_slots(context, plan)


def set_closed(*, context: Context, slot_id: str, closed: bool) -> Slot:
    """Close a time or open it again; who had booked it is told."""
    return desk.set_closed(context, slot_id, closed)


def slots_of_week(*, counter: str, monday: date) -> tuple[Slot, ...]:
    """All times of a week at a counter."""
    return desk.slots(counter, monday, None)


def appointments_of_day(*, context: Context, counter: str, day: date) -> tuple[Appointment, ...]:
    """Who comes on a day; needs a purpose."""
    return desk.of_day(context, counter, day)


def check_in(*, context: Context, appointment_id: str, came: bool = True) -> Appointment:
    """The person came, or did not."""
    return desk.check_in(context, appointment_id, came)


def monday_of(*, day: date) -> date:
    """The Monday of a day's week."""
    return rules.monday_of(day)


def remind_due() -> int:
    """Remind of what is near; for the schedule."""
    return telling.remind_due()
