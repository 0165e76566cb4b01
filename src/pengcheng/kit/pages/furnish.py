"""How a component finds its template and its context."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString


def furnish(context: Context, component: str, **values: Any) -> SafeString:
    """Render kit/<face>/<component>.html where the face has its own, else kit/<component>.html."""
    face = context.get("face", "portal")
    engine = context.template.engine  # type: ignore[union-attr]
    template = engine.select_template([f"kit/{face}/{component}.html", f"kit/{component}.html"])
    inner = context.new({**values, "face": face})
    for shared in ("request", "csrf_token"):
        if shared in context:
            inner[shared] = context[shared]
    return template.render(inner)


@cache
def icons() -> frozenset[str]:
    """The names that the sprite draws."""
    sprite = Path(__file__).parent / "static" / "kit" / "icons.svg"
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', sprite.read_text("utf-8")))
