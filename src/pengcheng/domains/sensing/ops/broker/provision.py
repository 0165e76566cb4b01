"""Writing entities: each function is one operation of clause 5.6 on the writer's connection.

They take what is stored, ask the pure rules what becomes of it, and write state, history and what
subscribers are to be told, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pengcheng.domains.sensing.ops.broker import history, past, rows
from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.consume import is_over
from pengcheng.domains.sensing.ops.broker.fitting import Fitting, Judged
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import changing, ending, terms
from pengcheng.kit.ngsild.changing import Change, MergeOptions
from pengcheng.kit.ngsild.errors import NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Instance

Told = Callable[[Batch, str, "Happening"], None]


@dataclass(slots=True)
class Happening:
    """What happened to one entity: for subscribers. ``before`` is None when it came to be."""

    change: Change
    before: Entity | None
    deleted: bool = False
    at: str = ""


@dataclass
class Provision:
    """Writes for one tenant; ``told`` is called within the transaction for each happening.
    ``judged`` gathers what does not fit the city data models.
    """

    connection: Batch
    tenant: str
    told: Told
    fitting: Fitting | None = None
    judged: list[Judged] = field(default_factory=list)
    now: str = field(default_factory=lambda: terms.stamp(clock.now()))

    # -- whole entities ------------------------------------------------------------------

    def create(self, entity: Entity) -> Change:
        rows.know_tenant(self.connection, self.tenant)
        old = rows.entity(self.connection, self.tenant, entity["id"])
        if old is not None and is_over(old):
            self.delete(entity["id"])
        change = changing.created(entity, self.now)
        rows.insert_entity(self.connection, self.tenant, change.entity)
        self._fit(change, None, whole=True)
        self._note(change, None)
        return change

    def replace(self, identity: str, fresh: Entity, types: Any = None) -> Change:
        stored = self.stored(identity, types)
        return self._save(stored, changing.replace(stored, fresh, self.now), whole=True)

    def merge(
        self, identity: str, fragment: Entity, options: MergeOptions, types: Any = None
    ) -> Change:
        stored = self.stored(identity, types)
        return self._save(stored, changing.merge(stored, fragment, self.now, options))

    def delete(self, identity: str, types: Any = None) -> None:
        stored = rows.entity(self.connection, self.tenant, identity)
        if stored is None and types is None:
            self._delete_evolution(identity)
            return
        if stored is None or types is not None:
            stored = self.stored(identity, types)
        rows.delete_entity(self.connection, self.tenant, identity)
        history.bury(self.connection, self.tenant, stored, self.now)
        self._tell(Happening(Change(stored), stored, deleted=True, at=self.now))

    def _delete_evolution(self, identity: str) -> None:
        """Something that is known by its history alone ends there."""
        known = history.evolution(self.connection, self.tenant, identity)
        if known is None or "deletedAt" in known:
            raise ResourceNotFound(f"There is no entity {identity}")
        series = past.series(self.connection, self.tenant, identity)
        last = {name: [instances[-1]] for name, instances in series.items()}
        history.bury(self.connection, self.tenant, {"id": identity, "attrs": last}, self.now)

    def record(self, identity: str, name: str, instances: list[Instance]) -> list[int]:
        """Readings of one attribute: all into its history, the newest into the entity unless it
        has a newer one. Gives their numbers in the history.
        """
        stored = self.stored(identity)
        stamps = {"createdAt": self.now, "modifiedAt": self.now}
        numbers = history.record(
            self.connection, self.tenant, identity, [(name, each | stamps) for each in instances]
        )
        newest = max(instances, key=lambda each: history.micros(each["observedAt"]) or 0)
        dataset = newest.get("datasetId")
        now_there = changing.find(stored["attrs"].get(name, []), dataset)
        known = history.micros(now_there.get("observedAt")) if now_there else None
        if known is None or known <= (history.micros(newest["observedAt"]) or 0):
            fragment: Entity = {"id": identity, "attrs": {name: [newest]}}
            change = changing.append(stored, fragment, self.now, overwrite=True)
            rows.update_entity(self.connection, self.tenant, change.entity)
            history.head(self.connection, self.tenant, change.entity, self.now)
            self._tell(Happening(change, stored, at=self.now))
        return numbers

    def settle(self, identity: str, name: str, dataset: str, newest: Instance | None) -> None:
        """The history of an attribute was mended: the entity says what is newest now."""
        stored = self.stored(identity)
        there = changing.find(stored["attrs"].get(name, []), dataset or None)
        if newest is None:
            if there is not None:
                change = changing.delete_attribute(
                    stored, name, dataset or None, self.now, every=False
                )
                if change is not None:
                    rows.update_entity(self.connection, self.tenant, change.entity)
                    self._tell(Happening(change, stored, at=self.now))
            return
        told = {key: value for key, value in newest.items() if key != "instanceId"}
        fragment: Entity = {"id": identity, "attrs": {name: [told]}}
        change = changing.append(stored, fragment, self.now, overwrite=True)
        rows.update_entity(self.connection, self.tenant, change.entity)
        self._tell(Happening(change, stored, at=self.now))

    # -- attributes ----------------------------------------------------------------------

    def append(
        self, identity: str, fragment: Entity, *, overwrite: bool, types: Any = None
    ) -> Change:
        stored = self.stored(identity, types)
        change = changing.append(stored, fragment, self.now, overwrite=overwrite)
        return self._save(stored, change)

    def update(self, identity: str, fragment: Entity, types: Any = None) -> Change:
        stored = self.stored(identity, types)
        return self._save(stored, changing.update(stored, fragment, self.now))

    def partial(self, identity: str, name: str, fragment: Instance, types: Any = None) -> Change:
        stored = self.stored(identity, types)
        change = changing.partial(stored, name, fragment, self.now)
        return self._save(stored, _found(change, name))

    def replace_attribute(
        self, identity: str, name: str, fresh: Instance, types: Any = None
    ) -> Change:
        stored = self.stored(identity, types)
        change = changing.replace_attribute(stored, name, fresh, self.now)
        return self._save(stored, _found(change, name))

    def delete_attribute(
        self, identity: str, name: str, dataset: str | None, *, every: bool, types: Any = None
    ) -> Change | None:
        stored = rows.entity(self.connection, self.tenant, identity)
        if stored is None and types is None:
            self._delete_series(identity, name, dataset, every=every)
            return None
        stored = self.stored(identity, types)
        if name == "scope":
            return self._save(stored, _found(changing.delete_scope(stored, self.now), name))
        change = changing.delete_attribute(stored, name, dataset, self.now, every=every)
        return self._save(stored, _found(change, name))

    def _delete_series(self, identity: str, name: str, dataset: str | None, *, every: bool) -> None:
        if history.evolution(self.connection, self.tenant, identity) is None:
            raise ResourceNotFound(f"There is no entity {identity}")
        latest = past.latest(self.connection, self.tenant, identity, name)
        gone = {key: each for key, each in latest.items() if every or key == (dataset or "")}
        if not gone:
            raise ResourceNotFound(f"{identity} has no such attribute")
        entity: Entity = {"id": identity, "type": [], "attrs": {}}
        change = Change(entity, deleted={(name, key or None): each for key, each in gone.items()})
        history.note(self.connection, self.tenant, change, self.now)

    # -- together ------------------------------------------------------------------------

    def stored(self, identity: str, types: Any = None) -> Entity:
        found = rows.entity(self.connection, self.tenant, identity)
        if (
            found is None
            or is_over(found)
            or (types is not None and not types.matches(found["type"]))
        ):
            raise ResourceNotFound(f"There is no entity {identity}")
        return found

    def end(self, identity: str, now: float) -> None:
        """What of an entity is over goes, or the whole of it (4.22)."""
        stored = rows.entity(self.connection, self.tenant, identity)
        if stored is None:
            return
        if ending.end_of(stored) <= now:
            self.delete(identity)
        else:
            self._put(stored, changing.ended(stored, self.now, now))  # time asks no model

    def _save(self, stored: Entity, change: Change, *, whole: bool = False) -> Change:
        if change.touched:
            self._fit(change, stored, whole=whole)
            self._put(stored, change)
        return change

    def _put(self, stored: Entity, change: Change) -> None:
        if change.touched:
            rows.update_entity(self.connection, self.tenant, change.entity, stored)
            self._note(change, stored)

    def _fit(self, change: Change, before: Entity | None, *, whole: bool) -> None:
        found = self.fitting.judge(change, before, whole=whole) if self.fitting else None
        if self.fitting and found:
            self.judged.append((change.entity["id"], found))
            self.fitting.refuse(found)

    def _note(self, change: Change, before: Entity | None) -> None:
        history.note(self.connection, self.tenant, change, self.now)
        self._tell(Happening(change, before, at=self.now))

    def _tell(self, happening: Happening) -> None:
        self.told(self.connection, self.tenant, happening)

    def each(self, works: list[tuple[str, Callable[[], Any]]]) -> Outcomes:
        """Several entities, each for itself: one that fails leaves the others (5.6.7 to 5.6.10)."""
        outcomes = Outcomes()
        for identity, work in works:
            try:
                with self.connection.layer():
                    outcomes.results[identity] = work()
                outcomes.success.append(identity)
            except NgsiError as error:
                outcomes.errors.append((identity, error))
        return outcomes


@dataclass
class Outcomes:
    """What became of each entity of a batch."""

    success: list[str] = field(default_factory=list)
    errors: list[tuple[str, NgsiError]] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)  # by other brokers

    def document(self) -> dict[str, Any]:
        """A BatchOperationResult (5.2.16)."""
        errors = [
            {
                "entityId": key,
                **({"registrationId": error.source} if error.source else {}),
                "error": error.document(),
            }
            for key, error in self.errors
        ]
        return {"success": self.success, "errors": errors}


def _found(change: Change | None, name: str) -> Change:
    if change is None:
        raise ResourceNotFound(f"There is no such instance of {name}")
    return change
