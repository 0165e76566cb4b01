"""What others may know of devices: frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

CommandState = Literal["queued", "sent", "acknowledged", "done", "failed", "expired"]
COMMAND_STATES: tuple[CommandState, ...] = (
    *("queued", "sent", "acknowledged", "done", "failed", "expired"),
)
Health = Literal["new", "well", "late", "flapping", "stuck", "out_of_range", "skewed"]
HEALTHS: tuple[Health, ...] = (
    *("new", "well", "late", "flapping", "stuck", "out_of_range", "skewed"),
)
CredentialKind = Literal["token", "fingerprint", "subject"]
CREDENTIAL_KINDS: tuple[CredentialKind, ...] = ("token", "fingerprint", "subject")
PackageState = Literal["uploaded", "released", "withdrawn"]
PACKAGE_STATES: tuple[PackageState, ...] = ("uploaded", "released", "withdrawn")
RolloutState = Literal["running", "paused", "stopped", "done", "cancelled", "returning", "returned"]
ROLLOUT_STATES: tuple[RolloutState, ...] = (
    *("running", "paused", "stopped", "done", "cancelled", "returning", "returned"),
)
LIVE_ROLLOUTS: tuple[RolloutState, ...] = ("running", "paused", "stopped", "returning")
UpdateState = Literal[
    "queued", "downloading", "downloaded", "verified", "updating", "updated", "failed", "left"
]
UPDATE_STATES: tuple[UpdateState, ...] = (
    *("queued", "downloading", "downloaded", "verified", "updating", "updated", "failed", "left"),
)
LARGEST_FIRMWARE = 32 << 20
Value = float | int | str | bool
MOST_READINGS = 5000  # of one message
MOST_IMPORTED = 10_000


class Reading(NamedTuple):
    """One value as a device said it; ``at`` in microseconds since 1970, None: when it came."""

    key: str
    value: Any
    at: int | None = None


class Refused(NamedTuple):
    """Why a reading was not kept."""

    key: str
    code: str  # unknown, not_a_value, below, above, too_old
    value: str


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something a device measures: its name in messages, and the attribute that it becomes."""

    key: str
    attribute: str = ""  # the same as the key when empty
    zh: str = ""
    en: str = ""
    unit_code: str = ""  # UN/CEFACT Rec. 20
    unit: str = ""
    low: float | None = None
    high: float | None = None
    stuck_after: int = 0  # seconds without any change that are no longer natural; 0: never


class MapRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a mapping: where in a message a value stands, and what it is called."""

    path: str  # a.b.0.c
    key: str
    scale: float = 1.0
    offset: float = 0.0


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of device."""

    id: str
    zh: str
    en: str
    entity_type: str
    interval: int = 0  # seconds between reports; 0: it speaks when it likes
    learns: bool = False  # takes what it does not know, under the name by which it came
    measures: tuple[Measure, ...] = ()
    mapping: tuple[MapRow, ...] = ()
    time_path: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device as it is registered."""

    id: str
    name: str
    profile: str
    entity: str
    title: str = ""
    group: str = ""
    owner: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    gateway: bool = False  # may speak for devices behind it
    parent: str = ""
    rate: int = 200  # messages a second
    active: bool = True
    claimed_by: str = ""
    added_at: datetime | None = None


class NewDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device to be registered; one of the same name is changed."""

    name: str
    profile: str
    entity: str = ""
    title: str = ""
    group: str = ""
    owner: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    gateway: bool = False
    rate: int = 200


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown once: the token, and the code by which the device can be claimed."""

    device: Device
    token: str
    claim_code: str


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a device does."""

    health: Health = "new"
    since: datetime | None = None
    seen_at: datetime | None = None
    connected: bool = False
    door: str = ""
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    skew: int = 0
    about: str = ""  # which measure is ill
    flaws: tuple[dict[str, Any], ...] = ()


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something a device is told to do."""

    id: str
    number: int
    device: str
    method: str
    params: Any
    state: CommandState
    asked_at: datetime
    expires_at: datetime
    changed_at: datetime
    asked_by: str
    result: str = ""


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest value of a measure."""

    measure: Measure
    value: Any
    observed_at: datetime
    unit: str = ""


class Taken(NamedTuple):
    """What became of a message."""

    stored: int = 0
    duplicates: int = 0
    refused: tuple[Refused, ...] = ()


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware for a kind of device; the signature is made when a second person releases it."""

    id: str
    profile: str
    title: str
    version: str
    sha256: str
    size: int
    state: PackageState
    uploaded_by: str
    uploaded_at: datetime
    released_by: str = ""
    released_at: datetime | None = None
    signature: str = ""
    key: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a firmware is to be rolled out."""

    package: str
    group: str = ""  # of devices; empty: all of the profile
    stages: tuple[float, ...] = (1, 10, 50, 100)  # per cent of the devices, rising
    bound: float = 5  # per cent of a stage that may fail
    hold: int = 3600  # seconds that a stage must stand before the next
    enough: float = 50  # per cent of a stage that must have ended before the next


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware on its way, and how far it is."""

    id: str
    package: Package
    group: str
    stages: tuple[float, ...]
    bound: float
    hold: int
    enough: float
    stage: int
    state: RolloutState
    reason: str
    started_by: str
    started_at: datetime
    staged_at: datetime
    changed_at: datetime
    total: int = 0  # devices that it is meant for
    counts: dict[str, int] = {}


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """One device in a roll-out."""

    device: str
    name: str
    stage: int
    state: UpdateState
    error: str
    attempts: int
    changed_at: datetime
    current: str = ""  # what it says that it runs
