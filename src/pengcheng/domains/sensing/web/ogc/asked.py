"""A request to the OGC APIs, and the forms in which an answer can be had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson

from pengcheng.domains.sensing.api.atlas import Catalogue, Collection
from pengcheng.kit.ogc.errors import OgcError

JSON, GEO, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA, PROBLEM = "application/schema+json", "application/problem+json"
COVERAGE, CSV = "application/prs.coverage+json", "text/csv"
FORMS = {"json": JSON, "html": HTML}
COMMON = frozenset({"f", "lang"})
MOST_FIELDS = 64


@dataclass
class Told:
    """An answer: a document in JSON, text, or what a page shows."""

    document: Any = None
    kind: str = JSON
    status: int = 200
    page: str = ""  # a template; `facts` is what it shows
    facts: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None

    def body(self) -> bytes:
        return self.text.encode() if self.text is not None else orjson.dumps(self.document)


@dataclass
class Ask:
    """What is asked; ``root`` is the address of the API's landing page without a slash."""

    catalogue: Catalogue
    root: str
    path: str
    query: str = ""
    accept: str = ""
    english: bool = True
    params: dict[str, str] = field(default_factory=dict)

    def read(self, allowed: Iterable[str] = ()) -> dict[str, str]:
        """The parameters; unknown ones are refused (17-069, /req/core/query-param-unknown)."""
        try:
            pairs = parse_qsl(
                self.query, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
            )
        except ValueError as reason:
            raise OgcError("The query of the URL cannot be read") from reason
        known = COMMON | frozenset(allowed)
        for key, value in pairs:
            if key not in known:
                raise OgcError(f"There is no parameter {key[:60]!r} here", parameter=key[:60])
            if key in self.params:
                raise OgcError(f"{key} is given twice", parameter=key)
            self.params[key] = value
        return self.params

    def form(self, **forms: str) -> str:
        """The name of the form that is wanted: by ``f``, else by the Accept header."""
        offered = forms or FORMS
        chosen = self.params.get("f")
        if chosen is not None:
            for name in offered:
                if chosen.lower() in {name.lower(), offered[name]}:
                    return name
            raise OgcError(f"f is one of {', '.join(offered)}", parameter="f")
        return self._accepted(offered)

    def _accepted(self, offered: dict[str, str]) -> str:
        names = list(offered)
        if not self.accept.strip():
            return names[0]
        for part in sorted(self.accept.split(","), key=_weight, reverse=True):
            kind = part.partition(";")[0].strip().lower()
            if kind in {"*/*", "application/*", ""}:
                return names[0]
            for name in names:
                if kind == offered[name].partition(";")[0]:
                    return name
            if kind == JSON and names[0] != "html":
                return names[0]
        raise OgcError("None of the accepted media types is offered", status=406)

    def collection(self, name: str) -> Collection:
        return self.catalogue.collection(name)

    # -- addresses -----------------------------------------------------------------------

    def at(self, *parts: str, **query: str) -> str:
        place = "/".join([self.root, *(quote(each, safe=":;@!$,") for each in parts)])
        return f"{place}?{urlencode(query)}" if query else place

    def same(self, **changes: str) -> str:
        """This address with other parameters."""
        told = {**self.params, **changes}
        query = urlencode({key: value for key, value in told.items() if value})
        return f"{self.root}{self.path}" + (f"?{query}" if query else "")

    def title(self, zh: str, en: str) -> str:
        return en if self.english else zh


def _weight(part: str) -> float:
    text = next((e.strip()[2:] for e in part.split(";") if e.strip().startswith("q=")), "1")
    try:
        return float(text)
    except ValueError:
        return 0.0


def link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    found = {"href": href, "rel": rel, "type": kind}
    return {**found, "title": title} if title else found


def selves(ask: Ask, form: str, forms: dict[str, str] = FORMS) -> list[dict[str, str]]:
    """This answer and its other forms."""
    return [
        link(ask.same(f=name), "self" if name == form else "alternate", kind)
        for name, kind in forms.items()
    ]
