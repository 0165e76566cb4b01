"""The seals that there are, and where each stands."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec

from pengcheng.domains.signatures.contracts.custody import Kept, SealState
from pengcheng.domains.signatures.models import SealRecord
from pengcheng.domains.signatures.ops import guards

DATA = Path(__file__).parents[1] / "data" / "seals.toml"


@cache
def seals() -> dict[str, Kept]:
    told = tomllib.loads(DATA.read_text("utf-8"))
    return {one.id: one for one in msgspec.convert(told["seal"], list[Kept])}


def find(seal_id: str) -> Kept:
    found = seals().get(seal_id)
    if found is None:
        raise guards.no_seal()
    return found


def state(seal_id: str) -> SealState:
    row = SealRecord.objects.filter(pk=seal_id).first()
    return SealState(row.state) if row else SealState.ACTIVE


def days(number: int) -> timedelta:
    return timedelta(days=number)
