"""What streams does when readings come."""

from __future__ import annotations

from pengcheng.domains.sensing.events import ObservationsRecorded
from pengcheng.domains.streams import api
from pengcheng.kernel.events import Envelope, hears


@hears(ObservationsRecorded)
def on_recorded(envelope: Envelope, event: ObservationsRecorded) -> None:
    """The rules see the batch; each batch once, whatever is cut off meanwhile."""
    api.take(context=envelope.context("streams"), event=event)
