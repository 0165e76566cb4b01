"""Words of the information model (clause 4.5) and the checks of single values (4.6, 4.8)."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pengcheng.kit.ngsild.errors import BadRequestData

NULL = "urn:ngsi-ld:null"
NONE = "@none"
# Kind of attribute -> the member that holds its value.
VALUE_OF = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
# In concise form the kind is known by the member (clauses 4.5.2.3, 4.5.3.3, 4.5.18 to 4.5.22).
KIND_OF = {
    "value": "Property",
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
}
RELATIONS = frozenset({"Relationship", "ListRelationship"})
SYSTEM = ("createdAt", "modifiedAt", "deletedAt")
# Members of an attribute that are told as they are; all others are attributes of the attribute.
PLAIN = frozenset(
    {"type", "datasetId", "observedAt", "unitCode", "instanceId", "objectType", "expiresAt"}
    | {"valueType", "entityIdSealed", "entityTypeSealed", *SYSTEM, *KIND_OF}
)
OUTPUT_ONLY = frozenset(
    {"previousValue", "previousObject", "previousLanguageMap", "previousVocab", "previousJson"}
    | {"previousValueList", "previousObjectList", "entity", "entityList"}
)
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
    | {"GeometryCollection"}
)
NAME = re.compile(r"[^\W\d_]\w*\Z")  # a letter, then letters, digits and underscores (4.6.2)
FORBIDDEN_IN_NAMES = re.compile(r"[<>\"'=;()\s]")  # also in those with a prefix and in whole URIs
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x1f\x7f<>\"{}|\\^`]+\Z")
# Two ids that look the same must be the same: no invisible characters, no noncharacters (4.5.1).
ENDS_OF_PLANES = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
UNSEEN = re.compile(
    "[\x80-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef"
    f"\U000e0000-\U000e0fff{ENDS_OF_PLANES}]"
)
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)\Z")
# What clients send: in UTC, nothing left out, six digits after the point at most (4.6.3).
SENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d{1,6})?Z\Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
TIME = re.compile(r"\d\d:\d\d:\d\d([.,]\d{1,9})?Z?\Z")
SCOPE = re.compile(r"/?[^\W\d_]\w*(/[^\W\d_]\w*)*\Z")


def is_one_of(value: object, words: Container[str]) -> bool:
    """Whether it is one of these words: what clients send may be no text at all."""
    return isinstance(value, str) and value in words


def is_uri(value: object) -> bool:
    """Whether it is an absolute URI or IRI."""
    if not isinstance(value, str) or SCHEME.match(value) is None:
        return False
    return value.isascii() or UNSEEN.search(value) is None


def uri(value: object, what: str) -> str:
    if not isinstance(value, str) or not is_uri(value):
        raise BadRequestData(f"{what} must be a URI, not {str(value)[:100]!r}")
    return value


def refuse_nulls(document: dict[str, Any], what: str) -> None:
    """Only a fragment can take members away (5.5.4)."""
    for key, value in document.items():
        if value == NULL:
            raise BadRequestData(f"{key} of {what} cannot be {NULL!r}")


def name(value: str) -> str:
    """A name by which a type or an attribute is asked for: also one that a device has given it."""
    if not isinstance(value, str) or not value.strip(".") or FORBIDDEN_IN_NAMES.search(value):
        raise BadRequestData(f"{str(value)[:100]!r} cannot be a name", title="Invalid name")
    return value


def new_name(value: str) -> str:
    """A name that a client gives to a type or an attribute (clause 4.6.2)."""
    if NAME.match(value) is None and ":" not in value:
        raise BadRequestData(f"{value[:100]!r} cannot be a name", title="Invalid name")
    return name(value)


def instant(value: object, what: str = "The time") -> datetime:
    """A DateTime of clause 4.6.3 as an aware moment."""
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, str) and len(value) < 40:
        return _instant(value, what)
    return _read_instant(value, what)


@lru_cache(maxsize=4096)
def _instant(value: str, what: str) -> datetime:
    return _read_instant(value, what)


def _read_instant(value: object, what: str) -> datetime:
    if not isinstance(value, str) or not DATE_TIME.match(value):
        raise BadRequestData(f"{what} must be a DateTime such as 2026-11-22T08:00:00Z")
    try:
        found = datetime.fromisoformat(value.replace(",", "."))
    except ValueError as reason:
        raise BadRequestData(f"{what} is no moment of the calendar: {value}") from reason
    return found.astimezone(UTC)


def date_time(value: object, what: str) -> str:
    """A DateTime kept as it was written."""
    sent(value, what)
    return value["@value"] if isinstance(value, dict) else str(value)


def sent(value: object, what: str) -> datetime:
    """A DateTime that a client sent, as an aware moment."""
    text = value.get("@value") if isinstance(value, dict) else value
    if not isinstance(text, str) or not SENT.match(text):
        raise BadRequestData(f"{what} must be a DateTime such as 2026-11-22T08:00:00Z")
    return instant(text, what)


@lru_cache(maxsize=4096)
def is_sent(text: str) -> bool:
    """Whether a text is a DateTime as clients send it."""
    try:
        sent(text, "")
    except BadRequestData:
        return False
    return True


def stamp(moment: datetime) -> str:
    """A moment as the broker writes it: whole seconds without a fraction."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6]
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def is_null(kind: str, value: Any) -> bool:
    """Whether a value is the NGSI-LD Null of its kind (clause 4.5.0)."""
    if value == NULL:
        return True
    if kind == "LanguageProperty":
        return isinstance(value, dict) and value == {NONE: NULL}
    return kind in {"ListProperty", "ListRelationship"} and value in ([NULL], [{"object": NULL}])


def null_of(kind: str) -> Any:
    """The NGSI-LD Null of a kind, as it stands in notifications and histories."""
    if kind == "LanguageProperty":
        return {NONE: NULL}
    return [NULL] if kind in {"ListProperty", "ListRelationship"} else NULL
