"""What command does when sensing speaks."""

from __future__ import annotations

from pengcheng.domains.command import api
from pengcheng.domains.sensing.events import LimitCleared, LimitCrossed
from pengcheng.kernel.events import Envelope, hears


@hears(LimitCrossed)
def on_limit_crossed(envelope: Envelope, event: LimitCrossed) -> None:
    """A crossed limit becomes an incident, or one more line in the open one."""
    api.raise_from_limit(context=envelope.context("command"), crossing=event)


@hears(LimitCleared)
def on_limit_cleared(envelope: Envelope, event: LimitCleared) -> None:
    """The open incident learns that the readings are within the limit again."""
    api.note_limit_cleared(context=envelope.context("command"), cleared=event)
