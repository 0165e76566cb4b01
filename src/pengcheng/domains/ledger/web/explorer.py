"""What stands in the log, entry by entry, and the way from an entry to the signed head, drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.contracts import Proof
from pengcheng.domains.ledger.web.pages import kind_word
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page

FEW = 25


@page(public=True)
@require_safe
@never_cache
def entries(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 18 else None
    found = api.entries(context=context, before=before, count=FEW)
    columns = [
        {"key": "place", "title": _("Place in the log"), "numeric": True},
        {"key": "kind", "title": _("What it is")},
        {"key": "at", "title": _("Handed in")},
        {"key": "digest", "title": _("Digest")},
    ]
    rows = [
        {
            "place": {"text": str(one.index), "url": reverse("ledger:entry", args=[one.index])},
            "kind": kind_word(one.kind),
            "at": {"moment": one.at},
            "digest": f"{one.digest[:16]}…",
        }
        for one in found.entries
    ]
    facts = {"found": found, "columns": columns, "rows": rows}
    return render(request, "ledger/entries.html", facts)


@page(public=True)
@require_safe
@never_cache
def entry(request: HttpRequest, index: int) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    found = api.prove(context=context, index=min(index, 2**62))
    one, head = found.entry, found.checkpoint
    summary = [
        {"key": _("What it is"), "value": kind_word(one.kind)},
        {"key": _("Place in the log"), "value": f"{one.index} / {head.size}"},
        {"key": _("Digest"), "value": one.digest},
    ]
    steps = ladder(found)
    facts = {
        "found": found,
        "summary": summary,
        "steps": steps,
        "picture": drawn(steps),
    }
    return render(request, "ledger/entry.html", facts)


def ladder(found: Proof) -> list[dict[str, Any]]:
    """From the entry up: at each step our hash, the neighbour of the proof and on which side."""
    walked = api.walk(proof=found)
    return [
        {"left": left, "right": right, "ours": ours, "level": level}
        for level, (left, right, ours) in enumerate(walked)
    ]


RUNG, WIDE, BOX = 74, 340, 150


def drawn(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Places of the boxes: the head on top, the entry at the bottom, two boxes a step."""
    high = RUNG * (len(steps) + 1) + 8
    rungs = []
    for place, step in enumerate(steps):
        y = high - RUNG * (place + 1) + 4
        ours = 2 if step["ours"] == "left" else WIDE - BOX - 2
        above = steps[place + 1] if place + 1 < len(steps) else None
        target = WIDE / 2
        if above is not None:
            target = BOX / 2 + 2 if above["ours"] == "left" else WIDE - BOX / 2 - 2
        rungs.append(
            {
                **step,
                "y": y,
                "text_y": y + 29,
                "left_x": 2,
                "right_x": WIDE - BOX - 2,
                "from_y": y,
                "to_y": y - RUNG + 46,
                "mine_x": ours,
                "target_x": target,
            }
        )
    return {"width": WIDE, "height": high, "box": BOX, "rungs": rungs, "root_x": WIDE / 2 - BOX / 2}
