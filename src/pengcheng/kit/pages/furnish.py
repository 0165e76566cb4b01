"""How a component finds its template and its context."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString

_names: dict[tuple[str, str], str] = {}


def furnish(context: Context, component: str, **values: Any) -> SafeString:
    """Render kit/<face>/<component>.html where the face has its own, else kit/<component>.html."""
    face = str(context.get("face", "portal"))
    template = _template(context.template.engine, face, component)  # type: ignore[union-attr]
    inner = context.new({**values, "face": face})
    for shared in ("request", "csrf_token"):
        if shared in context:
            inner[shared] = context[shared]
    return template.render(inner)


def _template(engine: Engine, face: str, component: str) -> Template:
    """The face's own template, else the common one; which of them is looked up once."""
    known = _names.get((face, component))
    if known is None:
        own, common = f"kit/{face}/{component}.html", f"kit/{component}.html"
        template = engine.select_template([own, common])
        _names[face, component] = template.name or common
        return template
    return engine.get_template(known)


@cache
def icons() -> frozenset[str]:
    """The names that the sprite draws."""
    sprite = Path(__file__).parent / "static" / "kit" / "icons.svg"
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', sprite.read_text("utf-8")))
