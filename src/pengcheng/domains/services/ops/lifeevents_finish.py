"""Handing out what a granted part results in."""

from __future__ import annotations

from pengcheng.domains.services.contracts.lifeevents import Part
from pengcheng.domains.services.models import Filing, FilingPart


def hand_out(filing: Filing, row: FilingPart, part: Part) -> None:
    """The licence of the part, to the owner of the filing."""
