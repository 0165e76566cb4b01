"""What is shipped for the built items, handed to casework where officials can see and change it."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import bundles, decisions, sheets
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound


def register_built(context: Context) -> int:
    """Register, never publish: what officials have published stays in force."""
    found = 0
    for code, form in sheets.own_forms().items():
        try:
            item = catalogue.item(code)
        except NotFound:  # a city with a smaller catalogue
            continue
        table = decisions.table(form.decision) if form.decision else None
        casework.register_definition(
            context=context, definition=bundles.bundle(item, sheets.form_for(item), table)
        )
        found += 1
    return found
