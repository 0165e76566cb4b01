"""Pages of the OGC APIs where no city stands around the broker: their own frame and style."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from pengcheng.domains.sensing.web.ogc import pages
from pengcheng.domains.sensing.web.ogc.asked import Ask, Told

STYLE = "/style.css"
SHEETS = (
    *("vendor/govuk-frontend.css", "kit/tokens.css", "kit/components.css", "kit/lists.css"),
    *("kit/portal.css", "sensing/ogc.css"),
)


def drawn(ask: Ask, told: Told) -> Told:
    """The page as text."""
    language = "en" if ask.english else "zh-hans"
    with translation.override(language):
        facts = {**pages.facts(ask, told), "layout": "sensing/ogc/bare.html"}
        facts |= {"style": ask.root + STYLE}
        facts |= {"en_url": ask.same(lang="en"), "zh_url": ask.same(lang="zh-hans")}
        text = render_to_string(f"sensing/ogc/{told.page}.html", facts)
    return Told(kind="text/html; charset=utf-8", text=text, headers=told.headers)


@cache
def style() -> Told:
    """All sheets as one; those that are not installed are left out."""
    found = [finders.find(each) for each in SHEETS]
    texts = [Path(each).read_text("utf-8") for each in found if isinstance(each, str)]
    return Told(kind="text/css; charset=utf-8", text="\n".join(texts))
