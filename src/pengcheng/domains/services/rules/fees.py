"""What an item costs, as data."""

from __future__ import annotations

import tomllib
from functools import cache

from msgspec import Struct, convert

from pengcheng.domains.services.rules.vocabulary import data_bytes

MESSAGE = "payment"
"""What a step of a process awaits when it waits for the fee."""


class ItemFee(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of what the item costs, in fen."""

    form: str
    zh: str
    en: str
    fen: int
    basis: str = ""


@cache
def fees() -> dict[str, tuple[ItemFee, ...]]:
    """The fees of the built items by the id of their form."""
    rows = tomllib.loads(data_bytes("fees.toml").decode())["fee"]
    found: dict[str, tuple[ItemFee, ...]] = {}
    for row in (convert(each, ItemFee) for each in rows):
        found[row.form] = (*found.get(row.form, ()), row)
    return found


def of_form(form_id: str) -> tuple[ItemFee, ...]:
    return fees().get(form_id, ())
