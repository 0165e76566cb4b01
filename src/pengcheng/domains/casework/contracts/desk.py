"""An official's day: how long things have waited, views that are kept, hands that change."""

from datetime import date, datetime

from msgspec import Struct

from pengcheng.domains.casework.contracts.views import Person

AGES = (5, 10, 20)
"""Upper ends of the age groups, in calendar days since the case was opened."""


class Ageing(Struct, frozen=True, kw_only=True):
    """Open cases of a group by age: up to 5, 10, 20 days, and older."""

    group: str
    counts: tuple[int, ...]


class DayCount(Struct, frozen=True, kw_only=True):
    day: date
    opened: int
    decided: int
    overrun: int  # became overdue on that day


class Trend(Struct, frozen=True, kw_only=True):
    """How load came and went."""

    at: datetime
    ageing: tuple[Ageing, ...]
    days: tuple[DayCount, ...]  # the last 30, oldest first


class Result(Struct, frozen=True, kw_only=True):
    """What became of one case of many."""

    case_id: str
    reference: str
    version: int | None  # as it is now; None: nothing was done
    zh: str = ""
    en: str = ""

    def why(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Desks(Struct, frozen=True, kw_only=True):
    """Whose desks there are in the asker's groups, with how much lies on each."""

    people: tuple[tuple[Person, int], ...]


class SavedView(Struct, frozen=True, kw_only=True):
    """A list that an official comes back to: a name and the question behind it."""

    id: str
    name: str
    query: str
