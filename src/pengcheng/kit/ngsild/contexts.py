"""JSON-LD @contexts as NGSI-LD uses them: names to IRIs and back (clauses 4.4, 5.5.7).

Only what names need of JSON-LD 1.1 context processing is here: terms, prefixes, @vocab and keyword
aliases. Values are not coerced by a user's context. The core context is always processed last and
so takes precedence over a user's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from importlib.resources import files
from typing import Any

from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.terms import new_name

CORE_URL = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"
# Every version that was published, matched exactly; all are answered with what is built in.
CORE_URLS = frozenset(
    f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld"
    for version in (
        *("", "-v1.0", "-v1.1", "-v1.2", "-v1.3", "-v1.4", "-v1.5", "-v1.6", "-v1.7", "-v1.8"),
        *("-v1.9", "-v1.9.1", "-v1.8.1", "-v1.7.1", "-v1.6.1", "-v1.5.1", "-v1.4.1", "-v1.3.1"),
    )
)
DEFAULT_VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
DELIMITERS = tuple(":/?#[]@")
DEEPEST = 12  # definitions that lead to each other
REMEMBERED = 4096  # names a context keeps at hand

Document = Mapping[str, Any]


class ActiveContext:
    """A processed @context. ``source`` is what an answer names: a URL, an object or a list."""

    __slots__ = (
        *("_compacted", "_expanded", "_names", "_prefixes", "_read"),
        *("source", "terms", "vocabulary"),
    )

    def __init__(self, definitions: Iterable[Document], source: Any) -> None:
        self.source = source
        raw: dict[str, Any] = {}
        for each in definitions:
            raw |= each
        raw |= core_document()
        self.vocabulary: str = raw.get("@vocab") or DEFAULT_VOCABULARY
        self.terms = _resolve(raw)
        self._names: dict[str, str] = {}
        for term, iri in self.terms.items():
            known = self._names.get(iri)
            if known is None or len(term) < len(known):
                self._names[iri] = term
        self._prefixes = sorted(
            ((iri, term) for term, iri in self.terms.items() if iri.endswith(DELIMITERS)),
            key=lambda pair: -len(pair[0]),
        )
        self._expanded: dict[str, str] = {}
        self._compacted: dict[str, str] = {}
        self._read: dict[str, str] = {}

    def told_as(self, source: Any) -> ActiveContext:
        """The same names under the reference that a client gave."""
        found = copy(self)
        found.source = source
        return found

    def expand(self, name: str) -> str:
        """The IRI of a type's or an attribute's name."""
        found = self._expanded.get(name)
        if found is None:
            found = self._find(name)
            if len(self._expanded) < REMEMBERED:
                self._expanded[name] = found
        return found

    def read(self, name: str) -> str:
        """The same for a name that a client sent: it may be none (clause 4.6.2)."""
        found = self._read.get(name)
        if found is None:
            found = self.expand(new_name(name))
            if len(self._read) < REMEMBERED:
                self._read[name] = found
        return found

    def _find(self, name: str) -> str:
        iri = self.terms.get(name)
        if iri is not None:
            return iri
        prefix, colon, rest = name.partition(":")
        if colon:
            if prefix == "_" or rest.startswith("//") or prefix not in self.terms:
                return name
            return self.terms[prefix] + rest
        return self.vocabulary + name

    def compact(self, iri: str) -> str:
        """The shortest name by which this context knows the IRI."""
        found = self._compacted.get(iri)
        if found is None:
            found = self._shorten(iri)
            if len(self._compacted) < REMEMBERED:
                self._compacted[iri] = found
        return found

    def _shorten(self, iri: str) -> str:
        name = self._names.get(iri)
        if name is not None:
            return name
        if iri.startswith(self.vocabulary):
            rest = iri[len(self.vocabulary) :]
            if rest and rest not in self.terms and ":" not in rest:
                return rest
        for start, term in self._prefixes:
            rest = iri[len(start) :]
            if rest and iri.startswith(start) and not rest.startswith("//"):
                short = f"{term}:{rest}"
                if short not in self.terms:
                    return short
        return iri


def checked(source: Any) -> None:
    """Whether what came with a request can be an @context at all: texts, objects, lists of them.

    One with contexts of its own for single terms is none (5.5.7). Only what a client writes itself
    is held to that: published contexts have them, and there they are passed over.
    """
    for each in source if isinstance(source, list) else [source]:
        if isinstance(each, Mapping):
            if any(isinstance(inner, Mapping) and "@context" in inner for inner in each.values()):
                raise BadRequestData("A term of the @context has an @context of its own")
        elif each is not None and not isinstance(each, str | list):
            raise BadRequestData("The @context is neither a URL, nor an object, nor a list")


def _resolve(raw: Mapping[str, Any]) -> dict[str, str]:
    """Terms to absolute IRIs; a term that leads nowhere is left out."""
    done: dict[str, str] = {}
    for term in raw:
        if not term.startswith("@"):
            iri = _iri_of(term, raw, 0)
            if iri and not iri.startswith("@"):
                done[term] = iri
    return done


def _iri_of(term: str, raw: Mapping[str, Any], depth: int) -> str | None:
    if depth > DEEPEST:
        raise BadRequestData(f"The definition of {term!r} in the @context leads to itself")
    definition = raw.get(term)
    if isinstance(definition, Mapping):
        definition = definition.get("@id", term if ":" in term else None)
        if definition is None and isinstance(raw.get(term), Mapping):
            return f"{raw.get('@vocab') or DEFAULT_VOCABULARY}{term}"
    if definition is None:
        return None
    if not isinstance(definition, str):
        raise BadRequestData(f"The @context defines {term!r} by what is neither text nor object")
    return _absolute(definition, term, raw, depth)


def _absolute(value: str, term: str, raw: Mapping[str, Any], depth: int) -> str | None:
    if value.startswith("@"):
        return value
    prefix, colon, rest = value.partition(":")
    if colon and not rest.startswith("//") and prefix in raw and prefix != term:
        start = _iri_of(prefix, raw, depth + 1)
        return f"{start}{rest}" if start else value
    if colon or value == term:
        return value if colon else f"{raw.get('@vocab') or DEFAULT_VOCABULARY}{value}"
    if value in raw:
        return _iri_of(value, raw, depth + 1)
    return f"{raw.get('@vocab') or DEFAULT_VOCABULARY}{value}"


@cache
def core_document() -> dict[str, Any]:
    """The terms of the core @context."""
    text = files("pengcheng.kit.ngsild").joinpath("data/core-context.json").read_text("utf-8")
    terms: dict[str, Any] = json.loads(text)["@context"]
    return terms


@cache
def core() -> ActiveContext:
    """What names mean when nobody gives a context."""
    return ActiveContext((), CORE_URL)
