"""What a rule remembers of one entity between two readings."""

from __future__ import annotations

from datetime import datetime

import msgspec

from pengcheng.domains.streams.contracts import Reading


class State(msgspec.Struct, kw_only=True):
    """Written with its firings in one transaction, so that a restart neither loses nor repeats."""

    newest: datetime | None = None
    waiting: list[Reading] = []  # newer than the watermark
    kept: list[Reading] = []  # released, as far back as the rule looks
    open: bool = False  # the condition holds: no second firing until it has not held
    armed: Reading | None = None  # the first half of a sequence or of an absence
    fired_at: datetime | None = None
    told: dict[str, bool] = {}  # windows that were judged and may be corrected
    late: int = 0
