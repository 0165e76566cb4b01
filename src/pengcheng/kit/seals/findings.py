"""What a look at a signed file found: every finding with its reason, for words to be put to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Verdict = Literal["holds", "unknown", "broken", "unsigned", "unreadable"]
"""Holds here · whole, but by somebody not known here · does not hold · not signed · not a file."""


class Point(msgspec.Struct, frozen=True):
    """One thing that was looked at. ``good`` is None where it is told and not judged."""

    code: str
    good: bool | None
    detail: str = ""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The trusted list that names whoever vouches for the signer, or once did."""

    territory: str
    scheme: str
    provider: str
    since: datetime | None = None


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """One signature, seal or time stamp of a file."""

    form: str  # pades | stamp | ofd | xades | jades | cms | text
    signer: str = ""
    issuer: str = ""
    claimed_at: datetime | None = None
    proved_at: datetime | None = None
    level: str = ""
    points: tuple[Point, ...] = ()
    listed: Listed | None = None

    @property
    def verdict(self) -> Verdict:
        bad = {point.code for point in self.points if point.good is False}
        if bad - {"trusted"}:
            return "broken"
        return "unknown" if bad else "holds"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file."""

    kind: str  # pdf | ofd | xml | json | cms | text
    sha256: str
    size: int
    signed: tuple[Signed, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """As good as the worst of its signatures."""
        if any(point.good is False for point in self.points):
            return "unreadable"
        order: tuple[Verdict, ...] = ("broken", "unknown", "holds")
        found = {one.verdict for one in self.signed}
        return next((verdict for verdict in order if verdict in found), "unsigned")


class Unreadable(Exception):
    """The file cannot be looked at; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
