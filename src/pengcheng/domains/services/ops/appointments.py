"""Booking, changing and giving back a time; nobody is promised a place that somebody else has."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from pengcheng.domains.services.contracts.appointments import Appointment as View
from pengcheng.domains.services.contracts.appointments import AppointmentState as State
from pengcheng.domains.services.contracts.appointments import Slot as SlotView
from pengcheng.domains.services.events import AppointmentBooked, AppointmentEnded
from pengcheng.domains.services.models import Appointment, Serial, Slot
from pengcheng.domains.services.ops import appointments_told as telling
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import appointments as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import reference
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, NotFound

PREFIX = "YY"


def book(context: Context, item_code: str, slot_id: str, instead: str) -> View:
    """Take a time. ``instead`` names the appointment that is given back for it, all or nothing."""
    catalogue.item(item_code)
    resource = Resource(kind="slot", id=slot_id)
    with act(context, "services.appointment.book", resource) as acting:
        if instead:
            _give_back(acting, _own(context, instead), State.CANCELLED, changed=True)
        slot = _take(slot_id, item_code)
        row = _kept(context, item_code, slot)
        acting.concerns(Resource(kind="appointment", id=row.id, owner=row.owner))
        event = acting.emit(
            AppointmentBooked(
                subject=f"appointment/{row.id}",
                appointment_id=row.id,
                item_code=item_code,
                counter=slot.counter,
            )
        )
        telling.tell(row, "changed" if instead else "booked", event)
        return view(row)


def _take(slot_id: str, item_code: str) -> Slot:
    """Count one place more, in one statement: of two who want the last one, one gets it."""
    now = clock.now()
    wanted = Slot.objects.filter(pk=slot_id, item_code__in=("", item_code), closed=False)
    ahead = now + timedelta(days=rules.DAYS_AHEAD)
    wanted = wanted.filter(starts_at__gt=now, starts_at__lte=ahead, booked__lt=F("capacity"))
    if not wanted.update(booked=F("booked") + 1):
        raise Conflict(
            code="services.appointment.taken",
            zh="该时段已约满或不可预约",
            en="This time is taken or cannot be booked",
            next_zh="请选择其他时段。",
            next_en="Choose another time.",
        )
    return Slot.objects.get(pk=slot_id)


def _kept(context: Context, item_code: str, slot: Slot) -> Appointment:
    row = Appointment(
        reference=reference(PREFIX, clock.today().year, Serial.objects.create().pk),
        owner=context.on_behalf_of or context.actor.id,
        owner_name=context.actor.name,
        item_code=item_code,
        slot=slot,
        made_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            code="services.appointment.have_one",
            zh="您已预约过该事项",
            en="You have an appointment for this service already",
            next_zh="可在“我的预约”中更改时间。",
            next_en="You can change its time in My appointments.",
        ) from None
    return row


def cancel(context: Context, appointment_id: str) -> View:
    seen = find(appointment_id)
    with act(context, "services.appointment.change", resource(seen)) as acting:
        row = _own(context, appointment_id)
        if row.state != State.CANCELLED:
            _give_back(acting, row, State.CANCELLED)
        return view(row)


def _own(context: Context, appointment_id: str) -> Appointment:
    row = find(appointment_id, lock=True)
    permit(context, "services.appointment.change", resource(row))
    return row


def _give_back(acting: Acting, row: Appointment, state: State, *, changed: bool = False) -> None:
    """End the appointment; its place is free again."""
    if row.state != State.BOOKED:
        raise ended()
    if row.slot.starts_at - clock.now() < rules.CHANGE_UNTIL:
        raise Conflict(
            code="services.appointment.too_late",
            zh="预约即将开始，不能再更改",
            en="It is too late to change this appointment",
            next_zh="如不能到场，无需操作。",
            next_en="If you cannot come, nothing needs to be done.",
        )
    Slot.objects.filter(pk=row.slot_id).update(booked=F("booked") - 1)
    event = close(acting, row, state)
    if not changed:
        telling.tell(row, "cancelled", event)


def close(acting: Acting, row: Appointment, state: State) -> str:
    row.state, row.ended_at = state.value, clock.now()
    row.save(update_fields=["state", "ended_at"])
    acting.note(state=state.value)
    return acting.emit(
        AppointmentEnded(subject=f"appointment/{row.id}", appointment_id=row.id, state=state.value)
    )


def ended() -> Conflict:
    return Conflict(
        code="services.appointment.ended", zh="该预约已结束", en="This appointment has ended"
    )


# --- reading --------------------------------------------------------------------------------


def find(appointment_id: str, *, lock: bool = False) -> Appointment:
    rows = Appointment.objects.select_related("slot")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=appointment_id).first()
    if row is None:
        raise NotFound(
            code="services.appointment.not_found", zh="没有该预约", en="No such appointment"
        )
    return row


def resource(row: Appointment) -> Resource:
    return Resource(kind="appointment", id=row.id, owner=row.owner)


def get(context: Context, appointment_id: str) -> View:
    row = find(appointment_id)
    permit(context, "services.appointment.change", resource(row))
    return view(row)


def own(context: Context) -> tuple[View, ...]:
    """The asker's appointments: those to come first, then the past ones."""
    owner = context.on_behalf_of or context.actor.id
    permit(
        context,
        "services.appointment.change",
        Resource(kind="appointment", owner=owner or None),
    )
    rows = Appointment.objects.filter(owner=owner).select_related("slot")[:200]
    found = [view(row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.state is not State.BOOKED))


def view(row: Appointment) -> View:
    return View(
        id=row.id,
        reference=row.reference,
        owner=row.owner,
        owner_name=row.owner_name,
        item_code=row.item_code,
        slot=slot_view(row.slot),
        state=State(row.state),
        made_at=row.made_at,
    )


def slot_view(row: Slot) -> SlotView:
    return SlotView(
        id=row.id,
        counter=row.counter,
        item_code=row.item_code,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        booked=row.booked,
        closed=row.closed,
    )
