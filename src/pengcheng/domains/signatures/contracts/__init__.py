"""What others see of the signatures."""

from __future__ import annotations

from typing import Literal

import msgspec

from pengcheng.kit.seals.findings import Checked as Checked
from pengcheng.kit.seals.findings import Listed as Listed
from pengcheng.kit.seals.findings import Point as Point
from pengcheng.kit.seals.findings import Signed as Signed
from pengcheng.kit.seals.findings import Unreadable as Unreadable
from pengcheng.kit.seals.findings import Verdict as Verdict

MessageForm = Literal["xml", "json"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner of a kind of text says of one, in the asker's language."""

    title: str
    text: str
    kind: str  # success | warning | error
    rows: tuple[tuple[str, str], ...] = ()
