"""What others see of copies that are bound to a taker and a purpose."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from pengcheng.domains.licences.contracts import Label, Verdict

CopyState = Literal["holds", "over", "ended"]


class Copy(Struct, frozen=True, kw_only=True):
    """A copy that was given. `number` stands on it, and hidden in its picture."""

    id: str
    number: str
    licence_id: str
    taker: str
    purpose: str
    until: date
    made_at: datetime
    office: str  # of the official who made it; empty: the holder did
    reason: str
    ended_at: datetime | None
    state: CopyState


class CopyCheck(Struct, frozen=True, kw_only=True):
    """What anybody with the copy may know: for whom, for what, until when, and whether it holds."""

    number: str
    taker: str
    purpose: str
    until: date
    made_at: datetime
    state: CopyState
    licence: Verdict
    name: Label
    issuer: Label
    checked_at: datetime

    @property
    def holds(self) -> bool:
        return self.state == "holds" and self.licence == "valid"


class Traced(Struct, frozen=True, kw_only=True):
    """Whose copy a picture is. Without `copy`: no mark was found, which proves nothing."""

    sha256: str
    copy: Copy | None = None
    name: Label | None = None
    holder: str = ""
    page: int = 0
    sure: float = 0.0
    mended: int = 0
    turned: float = 0.0
