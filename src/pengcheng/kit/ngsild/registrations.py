"""Context source registrations: checking, telling and matching them (5.2.9, 5.2.10, 5.9, 5.12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pengcheng.kit.ngsild import geometry, terms
from pengcheng.kit.ngsild.choosing import GeoQuery, TypeSelection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.series import TemporalQuery, duration

Document = dict[str, Any]
MODES = {"inclusive", "exclusive", "redirect", "auxiliary"}
READ_ONLY = frozenset(
    {"status", "timesSent", "timesFailed", "lastSuccess", "lastFailure", "createdAt", "modifiedAt"}
    | {"@context"}
)
PLAIN_MEDIA = frozenset({"application/json", "application/ld+json"})
SPACES = ("location", "observationSpace", "operationSpace")
INTERVALS = ("observationInterval", "managementInterval")
TEXTS = ("registrationName", "description", "tenant", "contextSourceAlias", "refreshRate")
RETRIEVE = frozenset({"retrieveEntity", "queryEntity"})
TEMPORAL = frozenset({"retrieveTemporal", "queryTemporal"})
DISCOVERY = frozenset(
    {"retrieveEntityTypes", "retrieveEntityTypeDetails", "retrieveEntityTypeInfo"}
    | {"retrieveAttrTypes", "retrieveAttrTypeDetails", "retrieveAttrTypeInfo"}
)
SUBSCRIBE = frozenset(
    {"createSubscription", "updateSubscription", "retrieveSubscription", "querySubscription"}
    | {"deleteSubscription"}
)
PROVIDE = frozenset(
    {"createEntity", "updateEntity", "appendAttrs", "updateAttrs", "deleteAttrs", "deleteEntity"}
    | {"mergeEntity", "replaceEntity", "replaceAttrs", "purgeEntity"}
)
BATCHES = frozenset({"createBatch", "upsertBatch", "updateBatch", "deleteBatch", "mergeBatch"})
EVOLVE = frozenset(
    {"upsertTemporal", "appendAttrsTemporal", "deleteAttrsTemporal", "deleteTemporal"}
    | {"updateAttrInstanceTemporal", "deleteAttrInstanceTemporal"}
)
MAPS = frozenset(
    {"retrieveEntityMap", "updateEntityMap", "deleteEntityMap", "createEntityMapQueryEntity"}
)
IDENTITY, BATCH_QUERY = "retrieveContextSourceIdentity", "queryBatch"
ASSOCIATE = RETRIEVE | DISCOVERY | SUBSCRIBE | {IDENTITY, BATCH_QUERY}
GROUPS = {
    "federationOps": ASSOCIATE | MAPS,
    "associationOps": ASSOCIATE,
    "updateOps": frozenset({"updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs"}),
    "retrieveOps": RETRIEVE,
    "redirectionOps": RETRIEVE | PROVIDE | DISCOVERY | MAPS | {IDENTITY},
}
OPERATIONS = (
    ASSOCIATE | MAPS | TEMPORAL | PROVIDE | BATCHES | EVOLVE | {"createEntityMapQueryTemporal"}
)
READING = RETRIEVE | {"retrieveOps"}  # all that an auxiliary source may offer (5.9.2.4)
VERSION = re.compile(r"[1-9]\d*\.\d+\Z")


# --- checking ---------------------------------------------------------------------------


def checked(body: Any, context: ActiveContext, now: datetime) -> Document:
    """A registration with names expanded; whatever does not hold is BadRequestData."""
    if not isinstance(body, dict):
        raise BadRequestData("A registration is a JSON object")
    if body.get("type") != "ContextSourceRegistration":
        raise BadRequestData('The type of a registration is "ContextSourceRegistration"')
    terms.refuse_nulls(body, "a registration")
    if "id" in body:
        terms.uri(body["id"], "The id of a registration")
    for key in ("information", "endpoint"):
        if key not in body:
            raise BadRequestData(f"A registration has {key}")
    return members({k: v for k, v in body.items() if k not in READ_ONLY}, context, now)


def members(given: Document, context: ActiveContext, now: datetime) -> Document:
    """Check and expand the members that are there."""
    found = dict(given)
    _plain(found, now)
    if "information" in found:
        found["information"] = _information(found["information"], context)
    for key in SPACES:
        if key in found:
            _space(found, key)
    for key in INTERVALS:
        if key in found:
            _interval(found[key], key)
    check_mode(found)
    return found


def check_mode(found: Document) -> None:
    """What a mode asks of the whole registration (4.3.6.3, 5.9.2.4)."""
    _exclusive(found)
    if found.get("mode") == "auxiliary" and not set(found.get("operations", ())) <= READING:
        raise BadRequestData(f"An auxiliary source offers only {', '.join(sorted(READING))}")


def _plain(found: Document, now: datetime) -> None:
    for key in TEXTS:
        if key in found and (not isinstance(found[key], str) or not found[key]):
            raise BadRequestData(f"{key} is a text that is not empty")
    if "endpoint" in found:
        _endpoint(found["endpoint"])
    if "expiresAt" in found and terms.sent(found["expiresAt"], "expiresAt") <= now:
        raise BadRequestData("expiresAt is in the past")
    if not terms.is_one_of(found.get("mode", "inclusive"), MODES):
        raise BadRequestData(f"mode is one of {', '.join(sorted(MODES))}")
    if "operations" in found:
        _operations(found["operations"])
    _told_to_sources(found.get("contextSourceInfo", []))
    _managed(found.get("management", {}))
    _flag(found, "localOnly")
    _datasets(found.get("datasetId", [terms.NONE]))
    if "refreshRate" in found:
        duration(found["refreshRate"])
    _scopes(found.get("scope", "/"))


def _scopes(value: Any) -> None:
    listed = value if isinstance(value, list) else [value]
    if value != "/" and not all(isinstance(s, str) and terms.SCOPE.match(s) for s in listed):
        raise BadRequestData("A scope looks like /Shenzhen/Futian")


def _datasets(value: Any) -> None:
    for each in value if isinstance(value, list) and value else [None]:
        if each != terms.NONE:
            terms.uri(each, "datasetId")


def _told_to_sources(value: Any) -> None:
    """What is sent along to a source; some keys have a meaning of their own (4.3.6.6)."""
    pairs = value if isinstance(value, list) else [None]
    for pair in pairs:
        if not isinstance(pair, dict) or not {"key", "value"} <= pair.keys():
            raise BadRequestData("contextSourceInfo is a list of key and value")
        key, said = pair["key"], pair["value"]
        if not isinstance(key, str) or not isinstance(said, str):
            raise BadRequestData("Key and value of contextSourceInfo are texts")
        if key in {"accept", "contentType"} and said not in PLAIN_MEDIA:
            raise BadRequestData(f"{key} is one of {', '.join(sorted(PLAIN_MEDIA))}")
        if key == "jsonldContext":
            terms.uri(said, "jsonldContext")
        if key == "ngsildConformance" and not VERSION.match(said):
            raise BadRequestData("ngsildConformance looks like 1.5")


def _managed(value: Any) -> None:
    """RegistrationManagementInfo (5.2.34)."""
    if not isinstance(value, dict):
        raise BadRequestData("management is an object")
    for key in ("cooldown", "timeout"):
        if key in value and (type(value[key]) not in {int, float} or value[key] <= 0):
            raise BadRequestData(f"{key} is a number above 0")
    _flag(value, "localOnly")
    if "cacheDuration" in value:
        duration(str(value["cacheDuration"]))


def _flag(found: Document, key: str) -> None:
    if not isinstance(found.get(key, False), bool):
        raise BadRequestData(f"{key} is true or false")


def _space(found: Document, key: str) -> None:
    value = found[key]
    if isinstance(value, dict) and value.get("type") == "GeoProperty":
        value = value.get("value")
    found[key] = geometry.checked(value, key, collections=False)


def _interval(value: Any, key: str) -> None:
    if not isinstance(value, dict) or "startAt" not in value:
        raise BadRequestData(f"{key} has a startAt")
    start = terms.sent(value["startAt"], "startAt")
    if "endAt" in value and terms.sent(value["endAt"], "endAt") < start:
        raise BadRequestData(f"{key} ends before it starts")


def _endpoint(value: Any) -> None:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequestData("The endpoint of a registration is a URL of http or https")


def _operations(value: Any) -> None:
    known = OPERATIONS | GROUPS.keys()
    if not isinstance(value, list) or not value:
        raise BadRequestData("operations lists operations or groups of them")
    if not all(terms.is_one_of(each, known) for each in value):
        raise BadRequestData("operations lists operations or groups of them")


def _information(value: Any, context: ActiveContext) -> list[Document]:
    if not isinstance(value, list) or not value:
        raise BadRequestData("information is a list that is not empty")
    return [_info(each, context) for each in value]


def _info(value: Any, context: ActiveContext) -> Document:
    if not isinstance(value, dict) or not value:
        raise BadRequestData("Each of information is an object that is not empty")
    found = dict(value)
    if "entities" in value:
        if not isinstance(value["entities"], list) or not value["entities"]:
            raise BadRequestData("entities is a list that is not empty")
        found["entities"] = [_entity(each, context) for each in value["entities"]]
    for key in ("propertyNames", "relationshipNames"):
        if key in value:
            names = value[key]
            if not isinstance(names, list) or not names:
                raise BadRequestData(f"{key} is a list that is not empty")
            found[key] = [context.expand(terms.name(each)) for each in names]
    if not {"entities", "propertyNames", "relationshipNames"} & found.keys():
        raise BadRequestData("information names entities, properties or relationships")
    return found


def _entity(value: Any, context: ActiveContext) -> Document:
    if not isinstance(value, dict) or "type" not in value:
        raise BadRequestData("Each of entities has a type")
    found = dict(value)
    types = value["type"] if isinstance(value["type"], list) else [value["type"]]
    if not types or not all(isinstance(each, str) and each for each in types):
        raise BadRequestData("The type of an entity is a name")
    names = [context.expand(terms.name(each)) for each in types]
    found["type"] = names if isinstance(value["type"], list) else names[0]
    if "id" in value:
        for each in value["id"] if isinstance(value["id"], list) else [value["id"]]:
            terms.uri(each, "id of an entity")
    if "idPattern" in value:
        try:
            re.compile(value["idPattern"])
        except (re.error, TypeError, RecursionError) as reason:
            raise BadRequestData(f"idPattern is not valid: {reason}") from reason
    return found


def _exclusive(found: Document) -> None:
    """An exclusive source answers for named attributes of named entities (4.3.6.3)."""
    if found.get("mode") != "exclusive":
        return
    for info in found.get("information", ()):
        named = info.get("propertyNames") or info.get("relationshipNames")
        ids = info.get("entities") and all("id" in each for each in info["entities"])
        if not ids or not named:
            raise BadRequestData("An exclusive registration names entities by id and attributes")


def compacted(document: Document, context: ActiveContext) -> Document:
    """A registration as it is told, in the reader's names."""
    information = [_compact_info(each, context) for each in document["information"]]
    return {**document, "information": information}


def _compact_info(info: Document, context: ActiveContext) -> Document:
    found = dict(info)
    if "entities" in info:
        found["entities"] = [{**e, "type": _short(e["type"], context)} for e in info["entities"]]
    for key in ("propertyNames", "relationshipNames"):
        if key in info:
            found[key] = [context.compact(each) for each in info[key]]
    return found


def _short(types: Any, context: ActiveContext) -> Any:
    if isinstance(types, list):
        return [context.compact(each) for each in types]
    return context.compact(types)


# --- matching (5.12) --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What sources are sought for; what is left out matches everything."""

    types: TypeSelection | None = None
    ids: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    attributes: frozenset[str] = frozenset()
    geo: GeoQuery | None = None
    space: str = "location"
    anywhere: bool = False  # sources that do not say where they are match too
    time: TemporalQuery | None = None
    temporal: bool = False  # asked for evolutions, with or without a time
    datasets: frozenset[str] | None = None
    scope: Callable[[list[str]], bool] | None = None


def filtered(document: Document, asked: Asked) -> Document | None:
    """The registration with only the information that matches; ``None`` if nothing does."""
    if not _in_space(document, asked) or not _in_time(document, asked):
        return None
    own = document.get("datasetId")
    if asked.datasets and own and asked.datasets.isdisjoint(own):
        return None
    if asked.scope is not None:
        scopes = document.get("scope", [])
        if not asked.scope(scopes if isinstance(scopes, list) else [scopes]):
            return None
    information = [each for each in document["information"] if _info_matches(each, asked)]
    return {**document, "information": information} if information else None


def _info_matches(info: Document, asked: Asked) -> bool:
    entities = info.get("entities")
    if entities and not matching_entities(info, asked):
        return False
    names = {*info.get("propertyNames", ()), *info.get("relationshipNames", ())}
    return not names or not asked.attributes or not asked.attributes.isdisjoint(names)


def matching_entities(info: Document, asked: Asked) -> list[Document]:
    """The elements of an information that speak of what is asked for."""
    return [each for each in info.get("entities", ()) if _entity_matches(each, asked)]


def _entity_matches(entity: Document, asked: Asked) -> bool:
    types = entity["type"] if isinstance(entity["type"], list) else [entity["type"]]
    if asked.types is not None and not asked.types.matches(types):
        return False
    ids = _ids(entity)
    if ids:
        if asked.ids:
            return not asked.ids.isdisjoint(ids)
        return asked.pattern is None or any(asked.pattern.search(each) for each in ids)
    if "idPattern" in entity and asked.ids:
        return any(re.search(entity["idPattern"], each) for each in asked.ids)
    return True


def _ids(entity: Document) -> list[str]:
    value = entity.get("id", [])
    return value if isinstance(value, list) else [value]


def _in_space(document: Document, asked: Asked) -> bool:
    if asked.geo is None or asked.space not in document:
        return asked.geo is None or asked.anywhere
    space = geometry.to_shape(document[asked.space])
    return asked.geo.test(space) or asked.geo.possible(space)


def _in_time(document: Document, asked: Asked) -> bool:
    """Sources of current data have no interval; those of evolutions overlap with it (5.12)."""
    key = "observationInterval"
    if asked.time is not None and asked.time.property != "observedAt":
        key = "managementInterval"
    if asked.temporal and not any(each in document for each in INTERVALS):
        return True
    if asked.time is None or not asked.time.relation or asked.time.start is None:
        return asked.temporal or not any(each in document for each in INTERVALS)
    interval = document.get(key)
    if interval is None:
        return False
    start = terms.instant(interval["startAt"])
    end = terms.instant(interval["endAt"]) if "endAt" in interval else None
    if asked.time.relation == "before":
        return start < asked.time.start
    if end is not None and end < asked.time.start:
        return False
    return asked.time.end is None or start < asked.time.end


def covers(document: Document, identity: str, types: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a registration speaks of this entity and any of these attributes."""
    wanted = frozenset(types)
    asked = Asked(
        types=TypeSelection(lambda found: not wanted.isdisjoint(found), wanted),
        ids=frozenset({identity}),
        attributes=frozenset(names),
    )
    return any(_info_matches(each, asked) for each in document["information"])


def supports(document: Document, operation: str) -> bool:
    """Whether the source takes an operation (4.20); federation is what is meant if none is said."""
    named = set(document.get("operations", ("federationOps",)))
    return operation in named or any(operation in GROUPS[each] for each in named & GROUPS.keys())
