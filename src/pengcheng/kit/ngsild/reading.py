"""From what a client sent to the inner form: names expanded, kinds told, everything checked.

The inner form of an entity (``Entity``) is a dict that is kept as JSON:

    {"id", "type": [IRI …], "scope": […]?, "expiresAt"?, "createdAt", "modifiedAt",
     "attrs": {IRI: [instance …]}}

and of an instance of an attribute: its kind, its value under the member of its kind, its plain
members, and ``"attrs"`` for attributes of the attribute, in the same form. Normalized, concise and
simplified representations (clauses 4.5.1 to 4.5.4, 4.5.18 to 4.5.22) are all understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.ngsild import forbidding, geometry, terms
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.patching import whole
from pengcheng.kit.ngsild.terms import KIND_OF, NULL, PLAIN, VALUE_OF

Entity = dict[str, Any]
Instance = dict[str, Any]
Attributes = dict[str, list[Instance]]
DEEPEST = 8  # attributes of attributes of attributes …
# Members of attributes that no attribute can be called by (4.5.1).
NEVER_NAMES = frozenset({"datasetId", "instanceId", "observedAt", "unitCode", "lang"}) | {
    *("objectType", "valueType", "previousValue", "previousObject", "previousLanguageMap")
}
PLACES = tuple(
    f"https://uri.etsi.org/ngsi-ld/{each}"
    for each in ("location", "observationSpace", "operationSpace")
)
TYPES = frozenset({"objectType", "valueType", "entityTypeSealed"})
NO_TYPES = frozenset({"id", "type", "scope"})
MEMBERS = frozenset({"id", "@id", "type", "@type", "scope", "@context", "expiresAt"})
SYSTEM_TOO = MEMBERS | {"createdAt", "modifiedAt", "deletedAt"}


@dataclass(frozen=True)
class Reader:
    """How to read: with which names, whether Null deletes, whether it is a temporal evolution."""

    context: ActiveContext
    nulls: bool = False
    simplified: bool = False
    history: bool = False
    partial: bool = False
    foreign: bool = False  # what another broker tells: names and members as they come

    # -- entities ------------------------------------------------------------------------

    def entity(self, body: Any) -> Entity:
        """A whole entity: id and type are there."""
        fragment = self.fragment(body)
        if "id" not in fragment:
            raise BadRequestData("An entity has an id", title="No id")
        if not fragment.get("type"):
            raise BadRequestData("An entity has a type", title="No type")
        return fragment

    def fragment(self, body: Any) -> Entity:
        """Part of an entity: what is missing is left as it is."""
        if not isinstance(body, dict):
            raise BadRequestData("An entity is a JSON object")
        found = self._named(body)
        if "scope" in body:
            found["scope"] = self.scopes(body["scope"])
        if "expiresAt" in body:
            found["expiresAt"] = self._moment(body["expiresAt"], "expiresAt")
        attrs = found["attrs"]
        for key, value in body.items():
            if key in SYSTEM_TOO:
                continue
            if key in NEVER_NAMES:
                raise BadRequestData(f"{key} cannot be the name of an attribute")
            attrs[self.name(key)] = self.instances(key, value, 0)
        self._places(attrs)
        if forbidding.PROOF in attrs and not self.foreign:
            forbidding.proof(attrs[forbidding.PROOF])
        return found

    def _places(self, attrs: Attributes) -> None:
        """Where something is, is told by geometries (4.7.1)."""
        for name in PLACES:
            for each in attrs.get(name, ()):
                if each.get("type") not in {"GeoProperty", ""} and each.get("value") != NULL:
                    raise BadRequestData(f"{name.rpartition('/')[2]} is a GeoProperty")

    def _named(self, body: dict[str, Any]) -> Entity:
        """The id and the types that are given."""
        found: Entity = {"attrs": {}}
        identity, kind = body.get("id", body.get("@id")), body.get("type", body.get("@type"))
        if NULL in (identity, kind):
            raise BadRequestData("The id and type of an entity cannot be taken away")
        if identity is not None:
            found["id"] = terms.uri(identity, "The id of an entity")
        if kind is not None:
            found["type"] = self.types(kind)
        return found

    def _moment(self, value: Any, what: str) -> str:
        """A DateTime, or where it may be deleted the Null."""
        return NULL if self.nulls and value == NULL else terms.date_time(value, what)

    def types(self, value: Any) -> list[str]:
        if isinstance(value, str) and value and value not in NO_TYPES:  # nearly always
            return [self.name(value)]
        names = value if isinstance(value, list) else [value]
        if not names or not all(isinstance(each, str) and each for each in names):
            raise BadRequestData("The type of an entity is a name or a list of names")
        if not NO_TYPES.isdisjoint(names):
            raise BadRequestData("id, type and scope are no types of entities")
        return list(dict.fromkeys(self.name(each) for each in names))

    def name(self, short: str) -> str:
        return self.context.expand(short) if self.foreign else self.context.read(short)

    def scopes(self, value: Any) -> Any:
        """Scopes (clause 4.18), or in a history their instances."""
        if self.nulls and value == NULL:
            return NULL
        if isinstance(value, dict) and value.get("type") == "Property":
            value = value.get("value")
        if self.history and isinstance(value, list) and any(isinstance(v, dict) for v in value):
            return [self._scope_instance(each) for each in value]
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(s, str) and terms.SCOPE.match(s) for s in listed):
            raise BadRequestData("A scope looks like /Shenzhen/Futian", title="Invalid scope")
        return listed

    def _scope_instance(self, value: Any) -> Any:
        if not isinstance(value, dict) or "value" not in value:
            raise BadRequestData("An instance of a scope has a value")
        inner = value["value"]
        return {**value, "value": inner if isinstance(inner, list) else [inner]}

    # -- attributes ----------------------------------------------------------------------

    def instances(self, key: str, value: Any, depth: int) -> list[Instance]:
        """All instances of one attribute; two with one datasetId are refused (4.5.5)."""
        if depth > DEEPEST:
            raise BadRequestData(f"{key} is nested too deeply")
        if isinstance(value, dict) and not self.simplified:
            return [self.instance(key, value, depth)]
        if self.simplified and isinstance(value, dict) and value.keys() == {"dataset"}:
            return self._by_dataset(key, value["dataset"])
        many = isinstance(value, list) and self._is_list_of_instances(value)
        found = [self.instance(key, each, depth) for each in (value if many else [value])]
        if many and not self.history:
            names = [each.get("datasetId") for each in found]
            if len(set(names)) != len(names):
                raise BadRequestData(f"{key} has two instances of one datasetId")
        return found

    def _by_dataset(self, key: str, value: Any) -> list[Instance]:
        """Several instances in simplified form: their values by datasetId (4.5.4)."""
        if not isinstance(value, dict) or not value:
            raise BadRequestData(f"dataset of {key} is an object of datasets")
        found = []
        for dataset, inner in value.items():
            named = {} if dataset == terms.NONE else {"datasetId": _dataset(key, dataset)}
            found.append({**self._bare(key, inner), **named})
        return found

    def _is_list_of_instances(self, value: list[Any]) -> bool:
        if not value or not all(isinstance(each, dict) for each in value):
            return self.history and not value
        return not self.simplified and any(_looks_like_attribute(each) for each in value)

    def instance(self, key: str, value: Any, depth: int) -> Instance:
        if value is None:
            raise BadRequestData(f"{key} is null; to delete it, send {NULL!r}")
        if self.simplified or not isinstance(value, dict):
            return self._bare(key, value)
        quickly = _quickly(key, value)
        if quickly is not None:
            return quickly
        if geometry.looks_like(value):
            return self._bare(key, value)
        if not self.partial and _is_plain_object(value):
            return {"type": "Property", "value": value}
        kind = self._kind(key, value)
        found: Instance = {"type": kind} if kind else {}
        self._value(key, kind, value, found)
        self._seldom(key, kind, value, found)
        self._plain(key, value, found)
        sub = self._subs(value, depth)
        if sub:
            found["attrs"] = sub
        return whole(key, found) if self.nulls and not self.partial else found

    def _seldom(self, key: str, kind: str, value: Mapping[str, Any], found: Instance) -> None:
        if not self.foreign:
            forbidding.members(key, self.context.expand(key), kind, value)
        if "entityIdSealed" in value:
            found["entityIdSealed"] = value["entityIdSealed"]

    def _subs(self, value: Mapping[str, Any], depth: int) -> Attributes:
        """The attributes of an attribute."""
        found: Attributes = {}
        for name, inner in value.items():
            if name not in PLAIN and name not in terms.OUTPUT_ONLY and name != "@context":
                found[self.name(name)] = self.instances(name, inner, depth + 1)
        return found

    def _bare(self, key: str, value: Any) -> Instance:
        """A value without its shell: simplified form, and concise form without sub-attributes."""
        if value is None:
            raise BadRequestData(f"{key} is null; to delete it, send {NULL!r}")
        if isinstance(value, dict) and geometry.looks_like(value):
            found = geometry.checked(value, key, collections=False)
            return {"type": "GeoProperty", "value": found}
        if isinstance(value, dict) and set(value) == {"languageMap"}:
            return {"type": "LanguageProperty", "languageMap": self._languages(key, value)}
        if isinstance(value, dict) and set(value) == {"vocab"}:
            return {"type": "VocabProperty", "vocab": self._vocabulary(key, value["vocab"])}
        if isinstance(value, dict) and set(value) == {"json"}:
            return {"type": "JsonProperty", "json": forbidding.raw(key, value["json"])}
        if value == NULL and not self.nulls:
            raise BadRequestData(f"{key}: there is nothing to delete here")
        if value == NULL:
            return {"type": "", "value": NULL}
        return {"type": "Property", "value": value}

    def _kind(self, key: str, value: Mapping[str, Any]) -> str:
        kind = value.get("type", value.get("@type"))
        if kind is not None:
            if not isinstance(kind, str) or kind not in VALUE_OF:
                if geometry.looks_like(value):
                    return "GeoProperty"
                raise BadRequestData(f"{key} has a type that is no kind of attribute: {kind!r}")
            return kind
        members = [member for member in KIND_OF if member in value]
        if len(members) > 1:
            raise BadRequestData(f"{key} has more than one value: {', '.join(members)}")
        if not members:
            if self.partial:
                return ""
            raise BadRequestData(f"{key} has no value")
        if members[0] == "value" and geometry.looks_like(value["value"]):
            return "GeoProperty"
        return KIND_OF[members[0]]

    def _value(self, key: str, kind: str, value: Mapping[str, Any], found: Instance) -> None:
        if not kind:
            return
        member = VALUE_OF[kind]
        if member not in value and self.partial:
            return
        inner = _only_value(key, kind, value)
        if terms.is_null(kind, inner):
            if not self.nulls and not self.history:
                raise BadRequestData(f"{key}: there is nothing to delete here")
            found[member] = terms.null_of(kind)
            return
        found[member] = self._checked(key, kind, inner, value)

    def _checked(self, key: str, kind: str, inner: Any, value: Mapping[str, Any]) -> Any:
        if kind == "GeoProperty":
            return geometry.checked(inner, key, collections=False)
        if kind == "Relationship":
            return _object(key, inner)
        if kind == "LanguageProperty":
            return self._languages(key, value)
        if kind == "VocabProperty":
            return self._vocabulary(key, inner)
        if kind == "ListProperty":
            if not isinstance(inner, list):
                raise BadRequestData(f"valueList of {key} is an array")
            return inner
        if kind == "ListRelationship":
            return _objects(key, inner)
        return forbidding.raw(key, inner) if kind == "JsonProperty" else inner

    def _languages(self, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
        languages = value["languageMap"]
        if not isinstance(languages, dict) or not languages:
            raise BadRequestData(f"languageMap of {key} is an object of languages")
        for text in languages.values():
            texts = text if isinstance(text, list) else [text]
            if not all(isinstance(each, str) for each in texts):
                raise BadRequestData(f"languageMap of {key} holds text only")
        kind = value.get("valueType")
        full = self.context.expand(kind) if isinstance(kind, str) else kind
        forbidding.languages(key, value, full)
        return languages

    def _vocabulary(self, key: str, value: Any) -> Any:
        words = value if isinstance(value, list) else [value]
        if not words or not all(isinstance(each, str) for each in words):
            raise BadRequestData(f"{key} takes a word or a list of words")
        found = [self.context.expand(each) for each in words]
        return found if isinstance(value, list) else found[0]

    def _plain(self, key: str, value: Mapping[str, Any], found: Instance) -> None:
        if "@context" in value:
            raise BadRequestData(f"{key} cannot have an @context of its own")
        for member in ("observedAt", "expiresAt"):
            if member in value:
                found[member] = self._moment(value[member], f"{member} of {key}")
        if value.get("datasetId") not in (None, terms.NONE):  # "@none" is the default instance
            found["datasetId"] = _dataset(key, value["datasetId"])
        if self.history and "instanceId" in value:
            found["instanceId"] = terms.uri(value["instanceId"], f"instanceId of {key}")
        if "unitCode" in value:
            found["unitCode"] = _text(key, value["unitCode"])
        for member in TYPES.intersection(value):
            found[member] = self._vocabulary(key, value[member])


def _quickly(key: str, value: Mapping[str, Any]) -> Instance | None:
    """The attributes that nearly all are; what is the least out of the way goes the long way."""
    kind, members = value.get("type"), len(value)
    if kind == "Property":
        return _quick_property(value, members)
    if members != 2:
        return None
    if kind == "GeoProperty" and isinstance(value.get("value"), dict):
        return {"type": kind, "value": geometry.checked(value["value"], key, collections=False)}
    if kind == "Relationship":
        target = value.get("object")
        if target != NULL and terms.is_uri(target):
            return {"type": kind, "object": target}
    return None


def _quick_property(value: Mapping[str, Any], members: int) -> Instance | None:
    inner = value.get("value")
    if inner is None or inner == NULL:
        return None
    if members == 2:
        return {"type": "Property", "value": inner}
    at = value.get("observedAt")
    if members == 3 and isinstance(at, str) and terms.is_sent(at):
        return {"type": "Property", "value": inner, "observedAt": at}
    return None


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequestData(f"unitCode of {key} is a text")
    return value


def _only_value(key: str, kind: str, value: Mapping[str, Any]) -> Any:
    """The value under the member of its kind, and under no other."""
    member = VALUE_OF[kind]
    if member not in value:
        raise BadRequestData(f"{key} is a {kind} and has no {member}")
    wrong = [other for other in KIND_OF if other in value and other != member]
    if wrong:
        raise BadRequestData(f"{key} is a {kind} and cannot have {', '.join(wrong)}")
    if value[member] is None:
        raise BadRequestData(f"{member} of {key} is null; to delete it, send {NULL!r}")
    return value[member]


def _looks_like_attribute(value: Mapping[str, Any]) -> bool:
    kind = value.get("type", value.get("@type"))
    if isinstance(kind, str) and kind in VALUE_OF:
        return True
    return kind is None and any(member in value for member in KIND_OF)


def _is_plain_object(value: Mapping[str, Any]) -> bool:
    """An object that says nothing of attributes is itself the value (4.5.2.3)."""
    if not value or not PLAIN.isdisjoint(value) or "@type" in value or "@context" in value:
        return False
    return not any(isinstance(e, dict) and _looks_like_attribute(e) for e in value.values())


def _dataset(key: str, value: Any) -> str:
    if value == NULL:
        raise BadRequestData("A datasetId cannot be deleted")
    return terms.uri(value, f"datasetId of {key}")


def _object(key: str, value: Any) -> Any:
    targets = value if isinstance(value, list) else [value]
    if not targets or not all(terms.is_uri(each) for each in targets):
        raise BadRequestData(f"object of {key} must be a URI or a list of them")
    return value


def _objects(key: str, value: Any) -> list[str]:
    """Targets of a ListRelationship, given as URIs or as {"object": URI}."""
    if not isinstance(value, list):
        raise BadRequestData(f"objectList of {key} is an array")
    return [
        terms.uri(each.get("object") if isinstance(each, dict) else each, f"object of {key}")
        for each in value
    ]
