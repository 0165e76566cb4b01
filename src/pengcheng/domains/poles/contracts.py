"""What others may know of poles: frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

Kind = Literal[
    "lamp", "camera", "cell", "environment", "display", "charger", "broadcast", "sos", "other"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["planned", "standing", "removed"]
STATES: tuple[State, ...] = ("planned", "standing", "removed")
FaultState = Literal["opened", "acknowledged", "repaired"]
FAULT_STATES: tuple[FaultState, ...] = ("opened", "acknowledged", "repaired")
Severity = Literal["minor", "moderate", "severe"]
SEVERITIES: tuple[Severity, ...] = ("minor", "moderate", "severe")


class NewPole(msgspec.Struct, frozen=True, kw_only=True):
    """A pole as somebody registers it. ``power`` is its budget in watts over all its phases."""

    code: str
    longitude: float
    latitude: float
    road: str = ""
    owner: str = ""
    height: float = 0.0  # metres
    power: int = 0
    phases: int = 1
    circuit: str = ""
    state: State = "standing"
    simulated: bool = False


class Pole(NewPole, frozen=True, kw_only=True):
    """A pole that is known."""

    id: str
    entity: str
    district: str
    version: int
    changed_at: datetime
    published: int = 0  # the version that the context broker has
    published_at: datetime | None = None
    refusal: str = ""  # why it did not take it
    mounts: int = 0
    faults: int = 0


class NewMount(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be mounted; ``watts`` is what it takes at most, ``device`` its entity."""

    code: str
    kind: Kind
    owner: str
    watts: int = 0
    phase: int = 1
    device: str = ""


class Mount(NewMount, frozen=True, kw_only=True):
    """Something that is mounted, or was."""

    id: str
    pole: str
    mounted_at: datetime
    unmounted_at: datetime | None = None
    faulty: bool = False


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What the context broker is to know of a pole. ``carried`` are the entities of what is
    mounted, ``left`` of what was; a ``document`` of None says that the pole is no more.
    """

    pole: str
    version: int
    entity: str
    document: dict[str, Any] | None
    carried: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class PhaseLoad(msgspec.Struct, frozen=True):
    """What hangs on one phase of a pole, and what it may bear."""

    phase: int
    watts: int
    budget: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the journal of a fault."""

    at: datetime
    who: str
    state: FaultState
    note: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something does not work: a mount, or with no mount the pole itself."""

    id: str
    pole: str
    mount: str
    state: FaultState
    severity: Severity
    text: str
    opened_at: datetime
    changed_at: datetime
    journal: tuple[Step, ...] = ()


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Which poles."""

    words: str = ""
    kind: str = ""
    state: str = ""
    owner: str = ""
    faulty: bool = False
    offset: int = 0
    limit: int = 50


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of poles, and how many fit in all."""

    poles: tuple[Pole, ...]
    total: int


LARGEST_ROADS = 8 << 20  # bytes of a file of roads


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where a pole should stand; ``gain`` is the road that it covers first, in metres."""

    longitude: float
    latitude: float
    road_class: str
    road: str
    gain: float


class ClassFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of a class of roads: metres in all, and covered before and after."""

    road_class: str
    metres: float
    before: float
    after: float
    spacing: float


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be computed. ``area`` is that of the roads held; "" takes all of them."""

    title: str
    count: int = 100
    area: str = ""
    classes: tuple[str, ...] = ()
    scale: float = 1.0  # of the spacing of every class


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sites that were computed, with all that led to them."""

    id: str
    asked: Asked
    source: str
    made_by: str
    made_at: datetime
    existing: tuple[tuple[float, float], ...]
    roads: tuple[tuple[tuple[float, float], ...], ...]
    sites: tuple[Site, ...]
    figures: tuple[ClassFigures, ...]

    @property
    def metres(self) -> float:
        return sum(each.metres for each in self.figures)

    @property
    def before(self) -> float:
        """The share of road length that the poles there are cover."""
        return sum(each.before for each in self.figures) / (self.metres or 1)

    @property
    def after(self) -> float:
        return sum(each.after for each in self.figures) / (self.metres or 1)
