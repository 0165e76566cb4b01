"""Decisions of places: reading and coding addresses, judging where a point lies."""

from pengcheng.domains.places.contracts import ParsedAddress, Standing
from pengcheng.domains.places.rules.coding import address_id
from pengcheng.domains.places.rules.gazetteer import Gazetteer
from pengcheng.domains.places.rules.parsing import LONGEST, read
from pengcheng.domains.places.rules.search import fits, order, search_words

__all__ = ["LONGEST", "Gazetteer", "fits", "order", "parse", "search_words", "standing"]


def parse(text: str, gazetteer: Gazetteer) -> ParsedAddress:
    """What an address says, and its stable id if it says enough."""
    even, parts, code = read(text, gazetteer)
    identifier, missing = address_id(parts, gazetteer.district(code))
    return ParsedAddress(
        text=even, parts=tuple(parts), division=code, id=identifier, missing=missing
    )


def standing(*, contained: bool, on_edge: bool, near: tuple[str, ...]) -> Standing:
    """How far to trust an answer: on an outline it may be one side or the other."""
    if contained and not on_edge:
        return Standing(where="inside", contained=True)
    return Standing(where="border", contained=contained, near=near)
