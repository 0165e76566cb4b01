"""Subscriptions made ready: what of a change they want told, and how (5.2.12, 5.2.14, 5.8.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pengcheng.kit.ngsild import asking, choosing, linking, terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.choosing import GeoQuery, Projection, TypeSelection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.subscriptions import (
    ATTRIBUTE_TRIGGERS,
    DEFAULT_TRIGGERS,
    FORMATS,
    Document,
    listed,
)
from pengcheng.kit.ngsild.terms import NONE, NULL, VALUE_OF, null_of
from pengcheng.kit.ngsild.writing import Writer, feature

Fetch = Callable[[str], Entity | None]
EMPTY: Fetch = lambda _id: None  # noqa: E731
PREVIOUS = {
    "value": "previousValue",
    "object": "previousObject",
    "languageMap": "previousLanguageMap",
    "vocab": "previousVocab",
    "json": "previousJson",
    "valueList": "previousValueList",
    "objectList": "previousObjectList",
}


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
    omit: Projection | None
    join: linking.Join
    expires: datetime | None
    stats: Document = field(default_factory=dict)
    last: float = 0.0
    failed: float = 0.0  # when the endpoint last did not take a notification

    @property
    def notification(self) -> Document:
        found: Document = self.document["notification"]
        return found

    def cooling(self, at: float) -> bool:
        """Whether the endpoint is left alone after it failed (5.2.15)."""
        pause = self.notification.get("endpoint", {}).get("cooldown")
        return bool(pause and self.failed and at - self.failed < pause / 1000)

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
            return "entityDeleted" in self.triggers or self._stripped(before)
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

    def _stripped(self, before: Entity | None) -> bool:
        """Whether attributes end with their entity that one who asks for such ends watches."""
        if before is None or "attributeDeleted" not in self._named:
            return False
        return not self.watched.isdisjoint(before["attrs"]) if self.watched else True

    @property
    def _named(self) -> set[str]:
        """The triggers as the subscriber wrote them."""
        return set(self.document.get("notificationTrigger", ()))

    # -- what is told --------------------------------------------------------------------

    def told(
        self,
        change: Change,
        before: Entity | None,
        *,
        deleted: bool,
        at: str,
        fetch: Fetch = EMPTY,
    ) -> Document:
        """The entity as the notification shows it."""
        if deleted and before is not None:
            return self._gone(before, at)
        entity = change.entity
        if self.notification.get("showChanges") and before is not None:
            entity = _with_previous(entity, before)
        written = self.written(entity, fetch)
        for (name, dataset), old in change.deleted.items():
            key = self.context.compact(name)
            if not self.writer.wants(name):
                continue
            if name not in entity["attrs"]:
                written[key] = self._null(old, dataset, at)
            elif self.writer.form == "simplified":
                written[key] = _beside(written.get(key), dataset)
            else:  # beside the instances that are left
                left = written.get(key, [])
                gone = self._null(old, dataset, at, alone=False)
                written[key] = [*(left if isinstance(left, list) else [left]), gone]
        return written

    def beside(self, entity: Entity, fetch: Fetch) -> list[Document]:
        """Linked entities that come flat with one that is told."""
        if self.join.kind != "flat":
            return []
        return linking.joined(fetch, self._shown, [entity])[1:]

    @property
    def _shown(self) -> linking.Shown:
        return linking.Shown(self.writer, self.join, self.pick, self.omit)

    def written(self, entity: Entity, fetch: Fetch = EMPTY) -> Document:
        if self.join.kind:
            return linking.joined(fetch, self._shown, [entity])[0]
        if self.notification.get("endpoint", {}).get("accept") == "application/geo+json":
            location = self.context.expand("location")
            return feature(entity, self.writer, location)
        return self.writer.entity(entity)

    def _gone(self, before: Entity, at: str) -> Document:
        found: Document = self.writer.head({k: v for k, v in before.items() if k != "scope"})
        found["deletedAt"] = at
        every = self.notification.get("showChanges")
        if every or "entityDeleted" not in self.triggers:
            for name, instances in before["attrs"].items():
                if self.writer.wants(name) and (every or not self.watched or name in self.watched):
                    told = [self._null(each, each.get("datasetId"), at) for each in instances]
                    found[self.context.compact(name)] = told[0] if len(told) == 1 else told
        return found

    def _null(self, old: Instance, dataset: str | None, at: str, *, alone: bool = True) -> Any:
        changes, sys_attrs = self.notification.get("showChanges"), self.writer.sys_attrs
        bare = alone and not (dataset or changes or sys_attrs)
        if self.writer.form == "simplified" or bare:
            return NULL
        kind = old["type"]
        member = VALUE_OF[kind]
        told: Document = {"type": kind, member: null_of(kind)}
        if self.writer.form == "concise":
            del told["type"]
        if dataset:
            told["datasetId"] = dataset
        if sys_attrs:
            told |= {"createdAt": old.get("createdAt", at), "modifiedAt": at, "deletedAt": at}
        if changes and member in old:
            told[PREVIOUS[member]] = self.writer.told(kind, old[member])
        return told


def _beside(left: Any, dataset: str | None) -> Document:
    """Simplified instances by their names, with the one that is gone (4.5.5)."""
    several = isinstance(left, dict) and left.keys() == {"dataset"}
    named = dict(left["dataset"]) if several else {} if left is None else {NONE: left}
    return {"dataset": {**named, dataset or NONE: NULL}}


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
        choosing.projection(listed(notification[key]), context) if key in notification else None
        for key in ("pick", "omit")
    )
    writer = Writer(
        shown_in,
        FORMATS[notification.get("format", "normalized")],
        sys_attrs=bool(notification.get("sysAttrs")),
        pick=pick.names if pick else _chosen(notification),
        omit=linking.omitted(omit),
        language=document.get("lang", ""),
        datasets=_datasets(document.get("datasetId")),
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
        q=_compiled(document, context),
        geo=choosing.geo_query(geo, context) if geo else None,
        scope=choosing.scope_query(document["scopeQ"]) if "scopeQ" in document else None,
        writer=writer,
        pick=pick,
        omit=omit,
        join=_join(notification),
        expires=terms.instant(expires) if expires else None,
        stats=dict(document.get("stats", {})),
    )


def _join(notification: Document) -> linking.Join:
    kind = notification.get("join", "@none")
    return linking.Join("" if kind == "@none" else kind, notification.get("joinLevel", 1))


def _chosen(notification: Document) -> frozenset[str] | None:
    """The attributes to be told, with what every entity has."""
    if "attributes" not in notification:
        return None
    head = {"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "expiresAt"}
    return frozenset(notification["attributes"]) | head


def _compiled(document: Document, context: ActiveContext) -> asking.Compiled | None:
    if "q" not in document:
        return None
    expand = frozenset(context.expand(each) for each in _words(document.get("expandValues")))
    return asking.compile_query(document["q"], context, expand_values=expand)


def _words(value: Any) -> list[str]:
    listed_ = value if isinstance(value, list) else str(value or "").split(",")
    return [each for each in listed_ if each]


def _datasets(value: Any) -> frozenset[str] | None:
    if not value:
        return None
    return frozenset(value if isinstance(value, list) else [value])


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
    pattern = None if ids else value.get("idPattern")  # an id goes before a pattern (5.2.33)
    return Selector(
        choosing.type_selection(value["type"], _Full()),  # type: ignore[arg-type]
        frozenset(ids if isinstance(ids, list) else [ids]),
        re.compile(pattern) if pattern else None,
    )
