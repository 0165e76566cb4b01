"""What others see of a rating (好差评): what can be said, what was said, and the tables."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from pengcheng.domains.casework.contracts.bundles import Label

RECTIFICATION = "casework.rectification"
"""The kind of the case that a bad rating opens."""

Channel = Literal["online", "counter", "kiosk", "phone"]
"""Where the matter was handled; each has indicators of its own."""

Round = Literal["first", "changed", "again"]
"""changed: corrected within the time for it; again: rated anew after the reply to a bad rating."""

GRADES: dict[int, Label] = {
    5: Label("非常满意", "Very satisfied"),
    4: Label("满意", "Satisfied"),
    3: Label("基本满意", "Fairly satisfied"),
    2: Label("不满意", "Dissatisfied"),
    1: Label("非常不满意", "Very dissatisfied"),
}
BAD = 2
"""This grade and any below it open a rectification."""


class Tag(Struct, frozen=True, kw_only=True):
    """An indicator (评价指标) that can be ticked for these grades in these channels."""

    id: str
    label: Label
    channels: tuple[Channel, ...]
    grades: tuple[int, ...]


class NewRating(Struct, frozen=True, kw_only=True):
    """What a person says. All but the grade is voluntary."""

    grade: int
    tags: tuple[str, ...] = ()
    text: str = ""


class Rating(Struct, frozen=True, kw_only=True):
    """What was said of one handling. Who handled it never sees whose words these are."""

    id: str
    case_id: str
    round: Round
    grade: int
    tags: tuple[Tag, ...]
    text: str
    channel: Channel
    indicators: str  # version of the list the tags are from
    at: datetime


class Rectification(Struct, frozen=True, kw_only=True):
    """How the bad rating is being answered, as the person may see it."""

    case_id: str
    reference: str
    done: bool
    confirmed: bool | None  # whether the complaint was found to be right
    reply: str
    verify_by: date
    verified: bool
    mend_by: date
    mended: bool
    reply_by: date | None
    overdue: bool


class RatingOffer(Struct, frozen=True, kw_only=True):
    """Whether the asker may rate this handling now, and what stands there already."""

    case_id: str
    reference: str
    title: Label
    department: str
    channel: Channel
    round: Round | None  # what the next rating would be; None: no (more) rating
    until: date | None
    why_not: Label | None
    given: tuple[Rating, ...]
    rectification: Rectification | None
    tags: tuple[Tag, ...]


By = Literal["department", "item", "channel", "tag", "grade"]


class RatingQuery(Struct, frozen=True, kw_only=True):
    """Which ratings are counted; the days are those on which they were given."""

    by: By = "department"
    since: date | None = None
    until: date | None = None
    channel: str = ""
    department: str = ""
    kind: str = ""


class RatingRow(Struct, frozen=True, kw_only=True):
    """One line of a table. Means and shares are None where too few rated to say anything."""

    key: str
    label: Label
    count: int
    mean: float | None
    satisfied: float | None  # share of grades 3 to 5
    low: float | None  # its 95 % interval (Wilson)
    high: float | None
    bad: int
    rank: int | None = None  # only from `MIN_RANKED` ratings on


class RatingTable(Struct, frozen=True, kw_only=True):
    """Counted on the first word (or its correction): being mended later does not undo it.

    Groups that too few rated are left out of a public table (``hidden`` of them, with
    ``hidden_count`` ratings where that number itself tells nothing).
    """

    at: datetime
    query: RatingQuery
    rows: tuple[RatingRow, ...]
    total: RatingRow
    hidden: int = 0
    hidden_count: int | None = None
    again: int = 0  # rated anew after a reply
    again_satisfied: int = 0
    rectifications: int = 0
    rectifications_open: int = 0
    rectifications_overdue: int = 0


class Comment(Struct, frozen=True, kw_only=True):
    """Free words without the case they belong to, for the supervisors."""

    at: datetime
    grade: int
    item: Label
    department: str
    text: str
