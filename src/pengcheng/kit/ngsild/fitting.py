"""Whether entities are what a published city data model says of their type.

A model is a list of fields. Once loaded it is a table from the name of an attribute to a check;
what is no field of the model is left alone, for the models allow more.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from pengcheng.kit.ngsild import geometry, terms
from pengcheng.kit.ngsild.contexts import DEFAULT_VOCABULARY, core
from pengcheng.kit.ngsild.reading import Attributes, Entity, Instance

Check = Callable[[Instance], bool]
PUBLISHED = "https://smartdatamodels.org/"
OLDER = "https://uri.fiware.org/ns/data-models#"
# Vocabularies from which the contexts of these models take the names of attributes.
VOCABULARIES = (
    *(DEFAULT_VOCABULARY, PUBLISHED, OLDER, "https://uri.etsi.org/ngsi-ld/"),
    *("https://schema.org/", "http://schema.org/", "http://purl.org/dc/terms/"),
)
LAST = re.compile(r"[^/#]+\Z")
TIME = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
    r"(/\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?\Z"
)
ID = re.compile(r"\S{1,2048}\Z")
REMEMBERED = 512  # names a model keeps at hand
KINDS = ("flag", "integer", "link", "list", "number", "object", "place", "text", "time")
EXPECTED = {
    "flag": "true or false",
    "integer": "a whole number",
    "link": "a relationship or an id",
    "list": "a value or several",
    "number": "a number",
    "object": "an object",
    "place": "a place (GeoJSON)",
    "share": "a number from 0 to 1",
    "text": "a text",
    "time": "a time (ISO 8601)",
}
REQUIRED = "it is required"


class Misfit(NamedTuple):
    """What does not fit, and what was expected."""

    model: str
    attribute: str
    expected: str

    def __str__(self) -> str:
        return f"{self.model}.{self.attribute}: {self.expected}"


class Field(NamedTuple):
    name: str
    check: Check
    expected: str
    kind: str  # "share" for a number from 0 to 1
    words: tuple[str, ...] = ()
    unit: str = ""


@dataclass
class Model:
    """The fields of one type."""

    name: str
    subject: str
    version: str
    required: frozenset[str]
    fields: dict[str, Field]
    _known: dict[str, Field | None] = field(default_factory=dict)

    @property
    def iris(self) -> tuple[str, ...]:
        """By which the type may be known: plainly, or by a context of the models."""
        own = f"{PUBLISHED}dataModel.{self.subject}/{self.name}"
        return core().expand(self.name), own, OLDER + self.name

    def of(self, iri: str) -> Field | None:
        """The field that an attribute is."""
        known = self._known
        if iri in known:
            return known[iri]
        found = self._find(iri)
        if len(known) < REMEMBERED:
            known[iri] = found
        return found

    def _find(self, iri: str) -> Field | None:
        last = LAST.search(iri)
        if last is None or not iri.startswith(VOCABULARIES):
            return None
        return self.fields.get(last[0])

    def wrong(self, told: Iterable[tuple[str, Instance]]) -> list[Misfit]:
        """Which of some attributes are not as they should be."""
        found = []
        for iri, instance in told:
            known = self.of(iri)
            if known is not None and not known.check(instance):
                found.append(Misfit(self.name, known.name, known.expected))
        return found

    def missing(self, attributes: Attributes) -> list[Misfit]:
        """What an entity must have and has not."""
        if not self.required:
            return []
        there = {known.name for iri in attributes if (known := self.of(iri)) is not None}
        return [Misfit(self.name, each, REQUIRED) for each in sorted(self.required - there)]

    def whole(self, attributes: Attributes) -> list[Misfit]:
        """All that does not fit of an entity."""
        told = ((iri, each) for iri, instances in attributes.items() for each in instances)
        return self.wrong(told) + self.missing(attributes)


@cache
def models() -> dict[str, Model]:
    """All models by name."""
    text = files("pengcheng.kit.ngsild").joinpath("data/models/models.toml").read_text("utf-8")
    return {name: _model(name, facts) for name, facts in tomllib.loads(text).items()}


def verdict(entity: Entity) -> tuple[Model, list[Misfit]] | None:
    """What its model says of a whole entity, if its type has one."""
    table = by_iri()
    model = next((table[each] for each in entity["type"] if each in table), None)
    return (model, model.whole(entity["attrs"])) if model else None


@cache
def by_iri() -> dict[str, Model]:
    """All models by each IRI of their type."""
    return {iri: model for model in models().values() for iri in model.iris}


def _model(name: str, facts: Mapping[str, Any]) -> Model:
    fields = {}
    for kind in KINDS:
        for each in facts.get(kind, ()):
            fields[each] = _field(each, kind, facts)
    return Model(name, facts["subject"], facts["version"], frozenset(facts["required"]), fields)


def _field(name: str, kind: str, facts: Mapping[str, Any]) -> Field:
    words = tuple(facts.get("words", {}).get(name, ()))
    unit = facts.get("units", {}).get(name, "")
    if words:
        check = _worded(frozenset(words), several=kind == "list")
        return Field(name, check, f"one of {', '.join(words)}", kind, words)
    if name in facts.get("share", ()):
        kind = "share"
    if kind in {"number", "integer", "share"}:
        expected = EXPECTED[kind] + (f", in {unit}" if unit else "")
        return Field(name, _measured(kind, unit), expected, kind, (), unit)
    return Field(name, CHECKS[kind], EXPECTED[kind], kind)


# --- checks -----------------------------------------------------------------------------------


def _measured(kind: str, unit: str) -> Check:
    share, whole = kind == "share", kind == "integer"

    def check(instance: Instance) -> bool:
        value = instance.get("value")
        if type(value) is not float and type(value) is not int:
            value = _plain(value)
            if type(value) is not float and type(value) is not int:
                return False
        if share and not 0 <= value <= 1:
            return False
        if whole and value != int(value):
            return False
        return not unit or instance.get("unitCode", unit) == unit

    return check


def _worded(words: frozenset[str], *, several: bool) -> Check:
    def check(instance: Instance) -> bool:
        told = _told(instance)
        if several and isinstance(told, list):
            return all(_last(each) in words for each in told)
        return _last(told) in words

    def _last(word: Any) -> Any:
        if not isinstance(word, str):
            word = _plain(word)
        if word in words or not isinstance(word, str) or "://" not in word:
            return word if isinstance(word, str) else None
        found = LAST.search(word)  # a word of a vocabulary is kept as its IRI
        return found[0] if found else word

    return check


def _told(instance: Instance) -> Any:
    """The value under the member of its kind."""
    return instance.get(terms.VALUE_OF[instance.get("type") or "Property"])


def _plain(value: Any) -> Any:
    """A JSON-LD value object says what it is beside its value."""
    return value.get("@value") if isinstance(value, dict) else value


def _is_text(instance: Instance) -> bool:
    if instance.get("type") in {"LanguageProperty", "VocabProperty"}:
        return True
    return isinstance(_plain(instance.get("value")), str)


def _is_time(instance: Instance) -> bool:
    value = _plain(instance.get("value"))
    return isinstance(value, str) and TIME.match(value) is not None


def _is_flag(instance: Instance) -> bool:
    return isinstance(_plain(instance.get("value")), bool)


def _is_link(instance: Instance) -> bool:
    """A list of key-values cannot say that it is a relationship: then an id does."""
    if instance.get("type") in terms.RELATIONS:
        return True
    value = instance.get("value")
    listed = value if isinstance(value, list) else [value]
    return all(isinstance(each, str) and ID.match(each) is not None for each in listed)


def _is_place(instance: Instance) -> bool:
    return instance.get("type") == "GeoProperty" or geometry.looks_like(instance.get("value"))


def _is_object(instance: Instance) -> bool:
    return isinstance(_told(instance), dict)


def _is_anything(_: Instance) -> bool:
    """A list of one may be told as the one, whatever it is."""
    return True


CHECKS: dict[str, Check] = {
    "flag": _is_flag,
    "link": _is_link,
    "list": _is_anything,
    "object": _is_object,
    "place": _is_place,
    "text": _is_text,
    "time": _is_time,
}
