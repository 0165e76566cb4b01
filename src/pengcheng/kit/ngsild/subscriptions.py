"""Subscriptions: checking them, and what of a change they want told (5.2.12 to 5.2.15, 5.8.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pengcheng.kit.ngsild import asking, choosing, terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.choosing import GeoQuery, Projection, TypeSelection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import NULL, VALUE_OF, null_of
from pengcheng.kit.ngsild.writing import Format, Writer, feature

Document = dict[str, Any]
Fetch = Callable[[str], Entity | None]
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
SCHEMES = {"http", "https", "mqtt", "mqtts"}
READ_ONLY = frozenset({"status", "createdAt", "modifiedAt", "@context"})
TOLD_ONLY = frozenset({"timesSent", "timesFailed", "lastNotification", "lastFailure"}) | {
    "lastSuccess",
    "status",
}
TEXTS = ("subscriptionName", "description", "q", "scopeQ", "csf", "lang", "jsonldContext")
PREVIOUS = {
    "value": "previousValue",
    "object": "previousObject",
    "languageMap": "previousLanguageMap",
    "vocab": "previousVocab",
    "json": "previousJson",
    "valueList": "previousValueList",
    "objectList": "previousObjectList",
}


# --- checking ---------------------------------------------------------------------------


def checked(body: Any, context: ActiveContext, now: datetime, *, kind: str) -> Document:
    """A subscription with names expanded; whatever does not hold is BadRequestData."""
    if not isinstance(body, dict):
        raise BadRequestData("A subscription is a JSON object")
    found = {key: value for key, value in body.items() if key not in READ_ONLY}
    if found.get("type") != kind:
        raise BadRequestData(f'The type of a subscription is "{kind}"')
    if "id" in found:
        terms.uri(found["id"], "The id of a subscription")
    if "notification" not in found:
        raise BadRequestData("A subscription has a notification")
    selects = "entities" in found or "watchedAttributes" in found or found.get("localOnly") is True
    if not selects:
        raise BadRequestData("A subscription names entities or watchedAttributes")
    return members(found, context, now)


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
    _times(found)
    _trigger(found)
    _filters(found, context)
    return found


def _filters(found: Document, context: ActiveContext) -> None:
    if "geoQ" in found:
        if not isinstance(found["geoQ"], dict):
            raise BadRequestData("geoQ is an object")
        choosing.geo_query(found["geoQ"], context)
    if "q" in found:
        asking.compile_query(found["q"], context)
    if "scopeQ" in found:
        choosing.scope_query(found["scopeQ"])
    if "datasetId" in found:
        _datasets(found["datasetId"])


def _plain_members(found: Document, now: datetime) -> None:
    for key in TEXTS:
        if key in found and not isinstance(found[key], str):
            raise BadRequestData(f"{key} is a text")
    _flags(found, "isActive", "localOnly", "splitEntities")
    if "expiresAt" in found and terms.instant(found["expiresAt"], "expiresAt") <= now:
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
    if found.get("format", "normalized") not in FORMATS:
        raise BadRequestData(f"{found['format']!r} is no format of notifications")
    _flags(found, "sysAttrs", "showChanges")
    if found.get("showChanges") and FORMATS[found.get("format", "normalized")] == "simplified":
        raise BadRequestData("showChanges cannot go with the simplified format")
    if found.get("join", "@none") not in {"flat", "inline", "@none"}:
        raise BadRequestData("join is flat, inline or @none")
    for key in ("pick", "omit"):
        if key in found:
            choosing.projection(_listed(found[key]), context)
    _endpoint(found.get("endpoint"))
    return found


def _listed(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _endpoint(value: Any) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("uri"), str):
        raise BadRequestData("notification.endpoint has a uri")
    terms.uri(value["uri"], "The uri of the endpoint")
    parts = urlsplit(value["uri"])
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise BadRequestData("The uri of the endpoint is of http, https, mqtt or mqtts")
    if value.get("accept", "application/json") not in MEDIA:
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


def _times(found: Document) -> None:
    for key in ("timeInterval", "throttling"):
        if key in found and not _above_zero(found[key]):
            raise BadRequestData(f"{key} is a number above 0")
    if "timeInterval" in found and ("watchedAttributes" in found or "throttling" in found):
        raise BadRequestData("timeInterval excludes watchedAttributes and throttling")


def _trigger(found: Document) -> None:
    triggers = found.get("notificationTrigger")
    if triggers is None:
        return
    if not isinstance(triggers, list) or not triggers or set(triggers) - TRIGGERS:
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


# --- matching ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Selector:
    types: TypeSelection | None
    ids: frozenset[str]
    pattern: re.Pattern[str] | None

    def matches(self, entity: Entity) -> bool:
        if self.ids and entity["id"] not in self.ids:
            return False
        if not self.ids and self.pattern is not None and not self.pattern.search(entity["id"]):
            return False
        return self.types is None or self.types.matches(entity["type"])


@dataclass
class Watch:
    """A subscription made ready: compiled once, asked at each change."""

    id: str
    tenant: str
    document: Document
    context: ActiveContext
    selectors: tuple[Selector, ...]
    watched: frozenset[str]
    triggers: frozenset[str]
    q: asking.Compiled | None
    geo: GeoQuery | None
    scope: Callable[[list[str]], bool] | None
    writer: Writer
    pick: Projection | None
    expires: datetime | None
    stats: Document = field(default_factory=dict)
    last: float = 0.0

    @property
    def notification(self) -> Document:
        found: Document = self.document["notification"]
        return found

    def status(self, now: datetime) -> str:
        if self.expires is not None and self.expires <= now:
            return "expired"
        return "active" if self.document.get("isActive", True) else "paused"

    def selects(self, entity: Entity, fetch: Fetch) -> bool:
        """Whether the entity is one of those subscribed to, and passes all filters."""
        if self.selectors and not any(each.matches(entity) for each in self.selectors):
            return False
        if self.scope is not None and not self.scope(entity.get("scope", [])):
            return False
        if self.q is not None and not self.q.matches(entity, fetch):
            return False
        return self.geo is None or self.geo.matches(entity)

    def triggered(self, change: Change, before: Entity | None, *, deleted: bool) -> bool:
        """Whether the change is of a kind and of attributes that are watched."""
        if deleted:
            return "entityDeleted" in self.triggers
        if before is None and "entityCreated" in self.triggers and not self.watched:
            return True
        kinds = {
            "attributeCreated": change.created,
            "attributeUpdated": _really_updated(change, before),
            "attributeDeleted": change.deleted,
        }
        for kind, instances in kinds.items():
            if kind in self.triggers and instances:
                if not self.watched or any(name in self.watched for name, _ in instances):
                    return True
        return False

    # -- what is told --------------------------------------------------------------------

    def told(self, change: Change, before: Entity | None, *, deleted: bool, at: str) -> Document:
        """The entity as the notification shows it."""
        if deleted and before is not None:
            return self._gone(before, at)
        entity = change.entity
        if self.notification.get("showChanges") and before is not None:
            entity = _with_previous(entity, before)
        written = self.written(entity)
        for (name, dataset), old in change.deleted.items():
            if self.writer._wanted(name) and name not in entity["attrs"]:
                written[self.context.compact(name)] = self._null(old, dataset, at)
        return written

    def written(self, entity: Entity) -> Document:
        if self.notification.get("endpoint", {}).get("accept") == "application/geo+json":
            location = self.context.expand("location")
            return feature(entity, self.writer, location)
        return self.writer.entity(entity)

    def _gone(self, before: Entity, at: str) -> Document:
        found: Document = self.writer.head(before)
        found["deletedAt"] = at
        if self.notification.get("showChanges"):
            for name, instances in before["attrs"].items():
                if self.writer._wanted(name):
                    told = [self._null(each, each.get("datasetId"), at) for each in instances]
                    found[self.context.compact(name)] = told[0] if len(told) == 1 else told
        return found

    def _null(self, old: Instance, dataset: str | None, at: str) -> Any:
        changes, sys_attrs = self.notification.get("showChanges"), self.writer.sys_attrs
        if self.writer.form == "simplified" or not (dataset or changes or sys_attrs):
            return NULL
        kind = old["type"]
        member = VALUE_OF[kind]
        told: Document = {"type": kind, member: null_of(kind)}
        if dataset:
            told["datasetId"] = dataset
        if sys_attrs:
            told |= {"createdAt": old.get("createdAt", at), "modifiedAt": at, "deletedAt": at}
        if changes and member in old:
            told[PREVIOUS[member]] = old[member]
        return told


def _really_updated(
    change: Change, before: Entity | None
) -> dict[tuple[str, str | None], Instance]:
    """Updates that left another value than there was (5.8.6)."""
    if before is None:
        return change.updated
    found = {}
    for (name, dataset), fresh in change.updated.items():
        old = next(
            (e for e in before["attrs"].get(name, ()) if e.get("datasetId") == dataset), None
        )
        if old is None or _bare(old) != _bare(fresh):
            found[name, dataset] = fresh
    return found


def _bare(instance: Instance) -> Any:
    """An instance without the times that every write changes."""
    kept = {k: v for k, v in instance.items() if k not in {"createdAt", "modifiedAt"}}
    if "attrs" in kept:
        kept["attrs"] = {n: [_bare(e) for e in each] for n, each in kept["attrs"].items()}
    return kept


def _with_previous(entity: Entity, before: Entity) -> Entity:
    """Instances that changed carry what they were."""
    attrs = {}
    for name, instances in entity["attrs"].items():
        shown = []
        for each in instances:
            old = next(
                (
                    e
                    for e in before["attrs"].get(name, ())
                    if e.get("datasetId") == each.get("datasetId")
                ),
                None,
            )
            member = VALUE_OF[each["type"]]
            if old is not None and old is not each and old.get(member) != each.get(member):
                each = {**each, PREVIOUS[member]: old.get(VALUE_OF[old["type"]])}
            shown.append(each)
        attrs[name] = shown
    return {**entity, "attrs": attrs}


# --- making ready -----------------------------------------------------------------------


def ready(
    document: Document, tenant: str, context: ActiveContext, shown_in: ActiveContext
) -> Watch:
    """Compile a stored subscription; its names are expanded already, save those in q and geoQ."""
    notification = document["notification"]
    pick, omit = (
        choosing.projection(_listed(notification[key]), context) if key in notification else None
        for key in ("pick", "omit")
    )
    chosen = pick.names if pick else None
    if chosen is None and "attributes" in notification:
        chosen = frozenset(notification["attributes"]) | {"id", "type", "scope"}
        chosen |= {"createdAt", "modifiedAt", "deletedAt", "expiresAt"}
    listed = document.get("datasetId")
    datasets = frozenset(listed if isinstance(listed, list) else [listed]) if listed else None
    writer = Writer(
        shown_in,
        FORMATS[notification.get("format", "normalized")],
        sys_attrs=bool(notification.get("sysAttrs")),
        pick=chosen,
        omit=omit.names if omit else frozenset(),
        language=document.get("lang", ""),
        datasets=datasets,
    )
    geo = document.get("geoQ")
    expires = document.get("expiresAt")
    return Watch(
        id=document["id"],
        tenant=tenant,
        document=document,
        context=shown_in,
        selectors=tuple(_selector(each) for each in document.get("entities", ())),
        watched=frozenset(document.get("watchedAttributes", ())),
        triggers=_triggers(document),
        q=asking.compile_query(document["q"], context) if "q" in document else None,
        geo=choosing.geo_query(geo, context) if geo else None,
        scope=choosing.scope_query(document["scopeQ"]) if "scopeQ" in document else None,
        writer=replace(writer),
        pick=pick,
        expires=terms.instant(expires) if expires else None,
        stats=dict(document.get("stats", {})),
    )


def _triggers(document: Document) -> frozenset[str]:
    named: Iterable[str] = document.get("notificationTrigger", DEFAULT_TRIGGERS)
    found = set(named)
    if "entityUpdated" in found:
        found |= ATTRIBUTE_TRIGGERS
    return frozenset(found)


class _Full:
    """Names of a stored selection are expanded already."""

    @staticmethod
    def expand(name: str) -> str:
        return name


def _selector(value: Document) -> Selector:
    ids = value.get("id", [])
    pattern = value.get("idPattern")
    return Selector(
        choosing.type_selection(value["type"], _Full()),  # type: ignore[arg-type]
        frozenset(ids if isinstance(ids, list) else [ids]),
        re.compile(pattern) if pattern else None,
    )
