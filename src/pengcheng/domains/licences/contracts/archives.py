"""What others see of the archive (电子档案): packages of closed cases and what happened to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

TakenForm = Literal["bag", "e-ark"]


class ArchiveState(StrEnum):
    KEPT = "kept"
    PROPOSED = "proposed"  # somebody asked that it be destroyed
    DISPOSED = "disposed"


class ArchiveStep(StrEnum):
    """PREMIS event types in our words; the XML carries those of the Library of Congress."""

    INGESTED = "ingested"
    CHECKED = "checked"
    HELD = "held"
    LET_GO = "let_go"
    PROPOSED = "proposed"
    KEPT_ON = "kept_on"
    DISPOSED = "disposed"
    TAKEN = "taken"


class Retention(Struct, frozen=True, kw_only=True):
    """How long records of a kind are kept; no years: for ever."""

    id: str
    zh: str
    en: str
    years: int | None = None


class ArchiveRow(Struct, frozen=True, kw_only=True):
    """A package as lists show it; what is in it stands in the package."""

    id: str
    case_id: str
    reference: str
    title_zh: str
    title_en: str
    department: str
    state: ArchiveState
    retention: Retention
    dispose_after: date | None
    held: bool
    whole: bool  # as the last check found it
    checked_at: datetime
    archived_at: datetime
    files: int
    size: int


class ArchiveEvent(Struct, frozen=True, kw_only=True):
    seq: int
    step: ArchiveStep
    at: datetime
    actor_id: str
    actor_name: str
    good: bool
    note: str = ""


class ArchivePackage(Struct, frozen=True, kw_only=True):
    """A package with its files (path, bytes) and its history."""

    row: ArchiveRow
    digest: str  # SHA-256 of its manifest: whoever keeps this can prove the package
    contents: tuple[tuple[str, int], ...]
    events: tuple[ArchiveEvent, ...]
    faults: tuple[str, ...]
    steps: frozenset[ArchiveStep]


class ArchiveQuery(Struct, frozen=True, kw_only=True):
    text: str = ""
    state: ArchiveState | None = None
    due: bool = False  # only those whose time has run out
    page: int = 1
    size: int = 20


class ArchivePage(Struct, frozen=True, kw_only=True):
    rows: tuple[ArchiveRow, ...]
    total: int
    page: int
