"""The shape of everything that happened. Pure, so that rules may speak of events."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, in the past tense; each kind is a subclass in its domain's
    ``events.py``.

    ``type`` reads ``domain.thing.happened``; ``subject`` names the thing (``case/0192…``): events
    of one subject are
    delivered in the order in which they happened.
    """

    type: ClassVar[str] = ""
    subject: str
