"""Which address is answered by what, and how a wrong request is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import unquote

from pengcheng.domains.sensing.web.ogc import describing, environment, items
from pengcheng.domains.sensing.web.ogc.asked import PROBLEM, Ask, Told
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.ogc.errors import OgcError, missing

log = logging.getLogger(__name__)
ROUTES: dict[tuple[str, ...], Callable[..., Told]] = {
    (): describing.landing,
    ("conformance",): describing.conformance,
    ("api",): describing.api,
    ("collections",): describing.collections,
    ("collections", "{}"): describing.collection,
    ("collections", "{}", "queryables"): describing.queryables,
    ("collections", "{}", "schema"): describing.schema,
    ("collections", "{}", "items"): items.items,
    ("collections", "{}", "items", "{}"): items.item,
    ("collections", "{}", "position"): environment.position,
    ("collections", "{}", "area"): environment.area,
    ("collections", "{}", "radius"): environment.radius,
    ("collections", "{}", "locations"): environment.locations,
    ("collections", "{}", "locations", "{}"): environment.location,
}


def answer(ask: Ask) -> Told:
    """Never raises."""
    try:
        handler, captured = _route(ask.path)
        return handler(ask, *captured)
    except OgcError as wrong:
        return Told(wrong.document(), PROBLEM, wrong.status)
    except NgsiError as wrong:
        return Told(OgcError(wrong.detail, status=wrong.status).document(), PROBLEM, wrong.status)
    except Exception:
        log.exception("a request to the OGC APIs failed: %s", ask.path)
        text = "Something went wrong here; it was written to the log"
        return Told(OgcError(text, status=500).document() | {"title": "Failed"}, PROBLEM, 500)


def _route(path: str) -> tuple[Callable[..., Told], list[str]]:
    parts = [unquote(each) for each in path.strip("/").split("/") if each]
    for pattern, handler in ROUTES.items():
        if len(pattern) != len(parts):
            continue
        pairs = list(zip(pattern, parts, strict=True))
        if all(wanted in {"{}", given} for wanted, given in pairs):
            return handler, [given for wanted, given in pairs if wanted == "{}"]
    raise missing(f"resource {path[:120]!r}")
