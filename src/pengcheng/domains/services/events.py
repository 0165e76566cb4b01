"""What happened in the services. No names and no answers travel in events."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class CatalogueLoaded(Event, frozen=True, kw_only=True):
    """The catalogue of items has a new version."""

    type: ClassVar[str] = "services.catalogue.loaded"
    version: int
    items: int


class ApplicationSubmitted(Event, frozen=True, kw_only=True):
    """Somebody applied for an item; the case carries on from here."""

    type: ClassVar[str] = "services.application.submitted"
    item_code: str
    case_id: str
    reference: str
    form: str
    instant: bool


class EventSent(Event, frozen=True, kw_only=True):
    """A life event was sent: its parts carry on from here."""

    type: ClassVar[str] = "services.event.sent"
    filing_id: str
    event: str
    reference: str
    parts: int


class EventPartMoved(Event, frozen=True, kw_only=True):
    """A part of a life event stands differently now."""

    type: ClassVar[str] = "services.event.part_moved"
    filing_id: str
    event: str
    reference: str
    part: str
    state: str
    owner: str


class EventEnded(Event, frozen=True, kw_only=True):
    """Every part of a life event has come to its end."""

    type: ClassVar[str] = "services.event.ended"
    filing_id: str
    event: str
    reference: str
    granted: int
    parts: int


class NameReserved(Event, frozen=True, kw_only=True):
    """A company name is kept for somebody."""

    type: ClassVar[str] = "services.name.reserved"
    reference: str


class NoticePosted(Event, frozen=True, kw_only=True):
    """Something is up for the public before it is decided."""

    type: ClassVar[str] = "services.notice.posted"
    case_id: str


class NoticeTakenDown(Event, frozen=True, kw_only=True):
    """Its days are over and every objection was answered."""

    type: ClassVar[str] = "services.notice.taken_down"
    case_id: str
    objections: int


class OfferMade(Event, frozen=True, kw_only=True):
    """Somebody who agreed to it was found to be entitled, and told."""

    type: ClassVar[str] = "services.offer.made"
    programme: str


class AppointmentBooked(Event, frozen=True, kw_only=True):
    """Somebody will come to a counter."""

    type: ClassVar[str] = "services.appointment.booked"
    appointment_id: str
    item_code: str
    counter: str


class AppointmentEnded(Event, frozen=True, kw_only=True):
    """It was given back, called off, kept or missed: `state` says which."""

    type: ClassVar[str] = "services.appointment.ended"
    appointment_id: str
    state: str


class VisitBegun(Event, frozen=True, kw_only=True):
    """An official begins to serve a person who is present at a counter."""

    type: ClassVar[str] = "services.visit.begun"
    visit_id: str
    owner: str


class VisitEnded(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "services.visit.ended"
    visit_id: str
    owner: str
