"""What happened to the log."""

from typing import ClassVar

from pengcheng.kernel.event import Event


class CheckpointSigned(Event, frozen=True, kw_only=True):
    """A new head, over `size` entries."""

    type: ClassVar[str] = "ledger.checkpoint.signed"
    size: int
    root: str
