"""What others see of appointments: counters, the times that are free, who comes when."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from msgspec import Struct


class AppointmentState(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    CAME = "came"
    MISSED = "missed"


class Counter(Struct, frozen=True, kw_only=True):
    """A place where officials serve people, from the data."""

    id: str
    zh: str
    en: str
    address_zh: str
    address_en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def address(self, language: str) -> str:
        return self.address_en if language.startswith("en") else self.address_zh


class Slot(Struct, frozen=True, kw_only=True):
    """A time at a counter; `item_code` is empty when it serves any item."""

    id: str
    counter: str
    item_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: int
    closed: bool

    @property
    def free(self) -> int:
        return 0 if self.closed else self.capacity - self.booked


class Appointment(Struct, frozen=True, kw_only=True):
    id: str
    reference: str
    owner: str
    owner_name: str
    item_code: str
    slot: Slot
    state: AppointmentState
    made_at: datetime


class OpeningPlan(Struct, frozen=True, kw_only=True):
    """Times to be opened on every working day of a span."""

    counter: str
    first: date
    last: date
    start: time
    end: time
    minutes: int
    capacity: int
    item_code: str = ""
