"""What happened to consents. Neither names nor data travel with it."""

from __future__ import annotations

from typing import ClassVar

from pengcheng.kernel.event import Event


class ConsentGiven(Event, frozen=True, kw_only=True):
    """A person agreed, or agreed anew."""

    type: ClassVar[str] = "dataaccount.consent.given"
    consent_id: str
    purpose: str
    client: str = ""


class ConsentNarrowed(Event, frozen=True, kw_only=True):
    """A part of a consent was taken back."""

    type: ClassVar[str] = "dataaccount.consent.narrowed"
    consent_id: str
    purpose: str
    removed: tuple[str, ...]


class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    """A consent was taken back as a whole: nothing is read on it from now on."""

    type: ClassVar[str] = "dataaccount.consent.withdrawn"
    consent_id: str
    purpose: str
    client: str = ""
