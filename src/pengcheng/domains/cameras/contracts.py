"""What others may know of cameras: frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

Algorithm = Literal["MD5", "SHA-256"]
ALGORITHMS: tuple[Algorithm, ...] = ("MD5", "SHA-256")
State = Literal["online", "offline", "gone"]
STATES: tuple[State, ...] = ("online", "offline", "gone")
Severity = Literal["minor", "moderate", "severe"]


class NewSource(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever shall register: a recorder, a camera of its own, the platform of an agency."""

    number: str
    name: str
    algorithm: Algorithm = "MD5"
    simulated: bool = False


class Source(NewSource, frozen=True, kw_only=True):
    """Who may register, and how it stands with it."""

    id: str
    realm: str
    added_at: datetime
    ended_at: datetime | None = None
    online: bool = False
    transport: str = ""
    address: str = ""
    registered_at: datetime | None = None
    expires_at: datetime | None = None
    kept_at: datetime | None = None
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    condition: str = ""
    catalogue_at: datetime | None = None
    told: int | None = None  # how many lines its catalogue had
    cameras: int = 0


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its password, which is never shown again."""

    source: Source
    password: str


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """A camera of a catalogue."""

    id: str
    number: str
    name: str
    source: str
    source_name: str
    state: State
    manufacturer: str = ""
    model: str = ""
    owner: str = ""
    address: str = ""
    division: str = ""
    district: str = ""
    district_name: str = ""
    longitude: float | None = None
    latitude: float | None = None
    placed_by: str = ""  # catalogue, report
    placed_at: datetime | None = None
    kept_at: datetime | None = None
    first_seen_at: datetime
    changed_at: datetime
    gone_at: datetime | None = None
    simulated: bool = False

    @property
    def entity(self) -> str:
        return entity_of(self.number)


def entity_of(number: str) -> str:
    return f"urn:ngsi-ld:Camera:{number}"


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """What a device reported; ``times`` counts reports of the same within a minute."""

    id: str
    source: str
    number: str  # of the camera or of the device itself
    priority: int  # 1 is the gravest, 4 the least
    method: int
    text: str
    at: datetime
    received_at: datetime
    times: int = 1


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Which cameras."""

    words: str = ""
    state: str = ""
    district: str = ""
    source: str = ""
    offset: int = 0
    limit: int = 50


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cameras, and how many fit in all."""

    cameras: tuple[Camera, ...]
    total: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a catalogue that is a camera."""

    number: str
    name: str = ""
    manufacturer: str = ""
    model: str = ""
    owner: str = ""
    address: str = ""
    division: str = ""
    on: bool = True
    longitude: float | None = None
    latitude: float | None = None


class NewAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as it is reported."""

    number: str
    priority: int
    method: int
    text: str = ""
    at: datetime | None = None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever sets up a device needs to know of us. ``port`` 0: nobody listens."""

    number: str
    domain: str
    port: int


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What the context broker is to hear of a camera; no ``document``: nothing any more."""

    camera: str
    version: int
    entity: str
    document: dict[str, Any] | None
