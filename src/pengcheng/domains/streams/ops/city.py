"""The districts to which a rule may be held; a city without its outlines has none."""

from __future__ import annotations

from pengcheng.domains.places import api as places
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Unavailable


def districts(context: Context) -> dict[str, str]:
    """By code, in the reader's language."""
    try:
        codes = sorted(places.outlines(context))
        found = [places.find_division(context, code=code) for code in codes]
    except Unavailable:
        return {}
    return {each.code: each.title(context.language) for each in found}
