"""The door of company registration: checking and keeping names."""

from __future__ import annotations

from collections.abc import Iterable

from pengcheng.domains.services.contracts.registration import (
    Industry,
    NameParts,
    Reservation,
    Verdict,
)
from pengcheng.domains.services.ops import registration
from pengcheng.domains.services.rules import registration as rules
from pengcheng.kernel.context import Context


def industries() -> tuple[Industry, ...]:
    """The lines of business with the words that names use."""
    return rules.industries()


def forms() -> tuple[str, ...]:
    """Forms of organisation that a name may end with."""
    return tuple(rules.naming()["forms"])


def regions() -> tuple[str, ...]:
    """How names registered here may begin."""
    told = rules.naming()
    city = told["own_regions"][0]
    return (*told["own_regions"][:2], *(f"{city}{district}" for district in told["districts"]))


def parse_name(*, name: str) -> NameParts:
    """A whole name in its four parts."""
    return rules.parse(name)


def check_name(*, parts: NameParts, related: bool = False) -> Verdict:
    """What rules and earlier names say to a name. Public: needs no right."""
    return registration.check(parts, related=related)


def reserve_name(*, context: Context, parts: NameParts, related: bool = False) -> Reservation:
    """Keep a name for the asker for two months. Raises Invalid or Conflict."""
    return registration.reserve(context, parts, related=related)


def own_names(*, context: Context) -> tuple[Reservation, ...]:
    """The names kept for the asker."""
    return registration.own(context)


def add_names(*, context: Context, names: Iterable[str]) -> int:
    """Put names of existing companies into the registry; answers how many were new."""
    return registration.add(context, names)


def end_expired_names(*, context: Context) -> int:
    """Free the names whose time is over; answers how many."""
    return registration.end_expired(context)


def case_decided(*, case_id: str, outcome: str) -> None:
    """A company was registered: the name that was kept for it is taken for good."""
    if outcome == "granted":
        registration.register_of_case(case_id)
