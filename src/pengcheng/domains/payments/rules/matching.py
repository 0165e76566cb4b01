"""Statement against book: what agrees, and what does not."""

from collections.abc import Mapping
from typing import NamedTuple

from pengcheng.domains.payments.contracts import DifferenceKind


class Found(NamedTuple):
    number: str
    kind: DifferenceKind
    ours_fen: int
    theirs_fen: int


def differences(ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[Found]:
    """One for each number on which the two do not say the same sum."""
    found = []
    for number in sorted(set(ours) | set(theirs)):
        own, their = ours.get(number), theirs.get(number)
        if own == their:
            continue
        kind: DifferenceKind = "amount"
        if own is None:
            kind = "not_booked"
        elif their is None:
            kind = "not_stated"
        found.append(Found(number, kind, own or 0, their or 0))
    return found
