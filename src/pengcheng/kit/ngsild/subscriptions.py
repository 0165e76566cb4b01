"""Subscriptions: checking what a client sends, and telling it back (5.2.12 to 5.2.15)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pengcheng.kit.ngsild import asking, choosing, linking, terms
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.writing import Format

Document = dict[str, Any]
DEFAULT_TRIGGERS = ("attributeCreated", "attributeUpdated")
ATTRIBUTE_TRIGGERS = frozenset({"attributeCreated", "attributeUpdated", "attributeDeleted"})
TRIGGERS = ATTRIBUTE_TRIGGERS | {"entityCreated", "entityUpdated", "entityDeleted"}
FORMATS: dict[str, Format] = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}
MEDIA = {"application/json", "application/ld+json", "application/geo+json"}
VERSION = re.compile(r"[1-9]\d*\.\d+\Z")
NOT_ATTRIBUTES = frozenset({"id", "type", "scope"})
SCHEMES = {"http", "https", "mqtt", "mqtts"}
MEMBERS = frozenset(  # what a client can say of one; anything else is not kept
    {"id", "type", "subscriptionName", "description", "entities", "watchedAttributes", "q", "geoQ"}
    | {"notificationTrigger", "timeInterval", "csf", "isActive", "notification", "expiresAt"}
    | {"throttling", "temporalQ", "scopeQ", "lang", "datasetId", "expandValues", "jsonldContext"}
    | {"localOnly", "splitEntities", "ngsildConformance"}
)
TOLD_ONLY = frozenset({"timesSent", "timesFailed", "lastNotification", "lastFailure"}) | {
    "lastSuccess",
    "status",
}
TEXTS = ("subscriptionName", "description", "q", "scopeQ", "csf", "lang", "jsonldContext")


# --- checking ---------------------------------------------------------------------------


def checked(body: Any, context: ActiveContext, now: datetime, *, kind: str) -> Document:
    """A subscription with names expanded; whatever does not hold is BadRequestData."""
    if not isinstance(body, dict):
        raise BadRequestData("A subscription is a JSON object")
    found = {key: value for key, value in body.items() if key in MEMBERS}
    if found.get("type") != kind:
        raise BadRequestData(f'The type of a subscription is "{kind}"')
    terms.refuse_nulls(found, "a subscription")
    if "id" in found:
        terms.uri(found["id"], "The id of a subscription")
    if "notification" not in found:
        raise BadRequestData("A subscription has a notification")
    selects_something(found)
    return members(found, context, now)


def selects_something(found: Document) -> None:
    """Entities or watched attributes are named, unless all is about what is held here."""
    if not {"entities", "watchedAttributes"} & found.keys() and found.get("localOnly") is not True:
        raise BadRequestData("A subscription names entities or watchedAttributes")


def members(found: Document, context: ActiveContext, now: datetime) -> Document:
    """Check and expand the members that are there."""
    found = dict(found)
    _plain_members(found, now)
    if "entities" in found:
        found["entities"] = _selectors(found["entities"], context)
    if "watchedAttributes" in found:
        found["watchedAttributes"] = _names(found["watchedAttributes"], context, "watched")
    if "notification" in found:
        found["notification"] = _notification(found["notification"], context)
    check_times(found)
    _trigger(found)
    _filters(found, context)
    _scope(found)
    return found


def _filters(found: Document, context: ActiveContext) -> None:
    if "geoQ" in found:
        if not isinstance(found["geoQ"], dict):
            raise BadRequestData("geoQ is an object")
        choosing.geo_query(found["geoQ"], context)
    for key in ("q", "csf"):
        if key in found:
            asking.compile_query(found[key], context)
    if "scopeQ" in found:
        choosing.scope_query(found["scopeQ"])
    if "datasetId" in found:
        _datasets(found["datasetId"])


def _scope(found: Document) -> None:
    """What is left to the local broker, and which version is spoken."""
    if "ngsildConformance" in found and not VERSION.match(str(found["ngsildConformance"])):
        raise BadRequestData("ngsildConformance looks like 1.5")
    if "timeInterval" in found and "entities" not in found and not found.get("localOnly"):
        raise BadRequestData("timeInterval needs entities")
    everything = any(each["type"] == "*" for each in found.get("entities", ()))
    if everything and found.get("localOnly") is False:
        raise BadRequestData('The type "*" is of what is held here; localOnly cannot be false')


def _plain_members(found: Document, now: datetime) -> None:
    for key in TEXTS:
        if key in found and not isinstance(found[key], str):
            raise BadRequestData(f"{key} is a text")
    _flags(found, "isActive", "localOnly", "splitEntities")
    if "expiresAt" in found and terms.sent(found["expiresAt"], "expiresAt") <= now:
        raise BadRequestData("expiresAt is in the past")
    if "jsonldContext" in found:
        terms.uri(found["jsonldContext"], "jsonldContext")


def _flags(found: Document, *keys: str) -> None:
    for key in keys:
        if key in found and not isinstance(found[key], bool):
            raise BadRequestData(f"{key} is true or false")


def _datasets(value: Any) -> None:
    for each in value if isinstance(value, list) else [value]:
        if each != terms.NONE:
            terms.uri(each, "datasetId")


def _selectors(value: Any, context: ActiveContext) -> list[Document]:
    if not isinstance(value, list) or not value:
        raise BadRequestData("entities is a list that is not empty")
    found = []
    for each in value:
        if not isinstance(each, dict) or not isinstance(each.get("type"), str):
            raise BadRequestData("Each of entities has a type")
        chosen = dict(each)
        chosen["type"] = _expanded_types(each["type"], context)
        if "id" in each:
            for identity in each["id"] if isinstance(each["id"], list) else [each["id"]]:
                terms.uri(identity, "id of an entity")
        if "idPattern" in each:
            _regular(each["idPattern"])
        found.append(chosen)
    return found


def _expanded_types(text: str, context: ActiveContext) -> str:
    choosing.type_selection(text, context)
    if text == "*":
        return text
    return re.sub(r"[^\s();,|]+", lambda found: context.expand(terms.name(found[0])), text)


def _regular(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except (re.error, TypeError, RecursionError) as reason:
        raise BadRequestData(f"idPattern is not valid: {reason}") from reason


def _names(value: Any, context: ActiveContext, what: str) -> list[str]:
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not texts or not value:
        raise BadRequestData(f"The {what} attributes are a list of names that is not empty")
    return [context.expand(terms.name(each)) for each in value]


def _notification(value: Any, context: ActiveContext) -> Document:
    if not isinstance(value, dict):
        raise BadRequestData("notification is an object")
    found = {key: each for key, each in value.items() if key not in TOLD_ONLY}
    if "attributes" in found:
        found["attributes"] = _names(found["attributes"], context, "notified")
        if not NOT_ATTRIBUTES.isdisjoint(value["attributes"]):
            raise BadRequestData("id, type and scope are no attributes; pick chooses them")
    if not terms.is_one_of(found.get("format", "normalized"), FORMATS):
        raise BadRequestData(f"{found['format']!r} is no format of notifications")
    _flags(found, "sysAttrs", "showChanges")
    if found.get("showChanges") and FORMATS[found.get("format", "normalized")] == "simplified":
        raise BadRequestData("showChanges cannot go with the simplified format")
    _joined(found)
    _projected(found, context)
    _endpoint(found.get("endpoint"))
    return found


def _projected(found: Document, context: ActiveContext) -> None:
    """The members to be told and those not to be (4.21)."""
    pick, omit = (
        choosing.projection(listed(found[key]), context) if key in found else None
        for key in ("pick", "omit")
    )
    if (pick or omit) and "attributes" in found:
        raise BadRequestData("attributes goes with neither pick nor omit")
    if pick and omit and pick.names & linking.omitted(omit):
        raise BadRequestData("pick and omit name the same member")


def _joined(found: Document) -> None:
    if not terms.is_one_of(found.get("join", "@none"), {"flat", "inline", "@none"}):
        raise BadRequestData("join is flat, inline or @none")
    level = found.get("joinLevel", 1)
    if type(level) is not int or level < 1:
        raise BadRequestData("joinLevel is a whole number above 0")


def listed(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _endpoint(value: Any) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("uri"), str):
        raise BadRequestData("notification.endpoint has a uri")
    terms.uri(value["uri"], "The uri of the endpoint")
    parts = urlsplit(value["uri"])
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise BadRequestData("The uri of the endpoint is of http, https, mqtt or mqtts")
    if not terms.is_one_of(value.get("accept", "application/json"), MEDIA):
        raise BadRequestData(f"{value['accept']!r} cannot be sent")
    for key in ("receiverInfo", "notifierInfo"):
        pairs = value.get(key, [])
        fits = isinstance(pairs, list) and all(
            isinstance(each, dict)
            and isinstance(each.get("key"), str)
            and isinstance(each.get("value"), str)
            for each in pairs
        )
        if not fits:
            raise BadRequestData(f"{key} is a list of key and value")
    for key in ("timeout", "cooldown"):
        if key in value and not _above_zero(value[key]):
            raise BadRequestData(f"{key} is a number above 0")


def _above_zero(value: Any) -> bool:
    return type(value) in {int, float} and value > 0


def check_times(found: Document) -> None:
    for key in ("timeInterval", "throttling"):
        if key in found and not _above_zero(found[key]):
            raise BadRequestData(f"{key} is a number above 0")
    if "timeInterval" in found and ("watchedAttributes" in found or "throttling" in found):
        raise BadRequestData("timeInterval excludes watchedAttributes and throttling")


def _trigger(found: Document) -> None:
    if "notificationTrigger" not in found:
        return
    triggers = found["notificationTrigger"]
    named = isinstance(triggers, list) and all(terms.is_one_of(each, TRIGGERS) for each in triggers)
    if not named or not triggers:
        raise BadRequestData("notificationTrigger lists what of entities and attributes to tell")


def compacted(document: Document, context: ActiveContext) -> Document:
    """A subscription as it is told, in the reader's names."""
    found = dict(document)
    compact = context.compact
    if "entities" in found:
        found["entities"] = [
            {**each, "type": re.sub(r"[^\s();,|]+", lambda m: compact(m[0]), each["type"])}
            for each in found["entities"]
        ]
    if "watchedAttributes" in found:
        found["watchedAttributes"] = [compact(each) for each in found["watchedAttributes"]]
    if "attributes" in found.get("notification", {}):
        names = [compact(each) for each in found["notification"]["attributes"]]
        found["notification"] = {**found["notification"], "attributes": names}
    return found
