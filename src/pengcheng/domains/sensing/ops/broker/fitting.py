"""City data models at the broker's writes: what does not fit is told, counted, and where the
operator wants it refused.

Only what a request writes is judged: who mends one attribute need not mend those of others.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, fields
from typing import Any

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import fitting, terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.fitting import Misfit, Model
from pengcheng.kit.ngsild.reading import Entity

Judged = tuple[str, list[Misfit]]  # an entity and what of it does not fit
THING = "misfits"  # the kind of thing under which counts are kept
log = logging.getLogger(__name__)


@dataclass
class Tally:
    """Of one model: how many writes did not fit and how many of them were refused; the last."""

    id: str
    count: int = 0
    refused: int = 0
    at: str = ""
    entity: str = ""
    attribute: str = ""
    expected: str = ""


def strict_of(text: str) -> frozenset[str]:
    """The models that a setting names, ``*`` for all. A slip there must not silence devices: what
    is no model is said in the log.
    """
    names = frozenset(each.strip() for each in text.split(",") if each.strip())
    known = frozenset(fitting.models())
    if "*" in names:
        return known
    if names - known:
        log.error("no city data model: %s", ", ".join(sorted(names - known)))
    return names & known


class Fitting:
    """Judged where it is written, counted on the loop when that is over; ``keep`` keeps it."""

    def __init__(self, strict: frozenset[str] = frozenset()) -> None:
        self.models = fitting.by_iri()
        self.strict = strict
        self.tallies: dict[str, Tally] = {}
        self.fresh: set[str] = set()

    def load(self, connection: Connection) -> None:
        self.tallies = tallies(connection)

    def judge(self, change: Change, before: Entity | None, *, whole: bool) -> list[Misfit]:
        """What of a change does not fit."""
        types = change.entity["type"]
        found: list[Misfit] = []
        for kind in types:
            model = self.models.get(kind)
            if model is not None:
                fresh = whole or before is None or kind not in before["type"]
                found += _of(model, change, fresh=fresh)
        return found

    def wrong(self, found: list[Misfit]) -> Misfit | None:
        """The first that is not allowed."""
        return next((each for each in found if each.model in self.strict), None)

    def refuse(self, found: list[Misfit]) -> None:
        """Raises BadRequestData if something is not allowed."""
        wrong = self.wrong(found)
        if wrong is not None:
            raise BadRequestData(
                f"{wrong.attribute} of a {wrong.model}: {wrong.expected}",
                title="The entity does not fit its city data model",
                attribute=wrong.attribute,
                expected=wrong.expected,
                model=wrong.model,
            )

    def count(self, identity: str, found: list[Misfit]) -> None:
        wrong = self.wrong(found)
        for name in {each.model for each in found}:
            tally = self.tallies.setdefault(name, Tally(name))
            tally.count += 1
            tally.refused += wrong is not None
            last = wrong or next(each for each in found if each.model == name)
            tally.at, tally.entity = terms.stamp(clock.now()), identity
            tally.attribute, tally.expected = last.attribute, last.expected
            self.fresh.add(name)

    def keep(self, connection: Connection) -> None:
        """Write down what was counted since."""
        for name in sorted(self.fresh):
            rows.put_thing(connection, "", THING, asdict(self.tallies[name]))
        self.fresh.clear()


def tallies(connection: Connection) -> dict[str, Tally]:
    known = {each.name for each in fields(Tally)}  # another version may have kept more
    found = [document for _, document in rows.things(connection, THING, "")]
    return {
        each["id"]: Tally(**{key: value for key, value in each.items() if key in known})
        for each in found
    }


def _of(model: Model, change: Change, *, fresh: bool) -> list[Misfit]:
    if fresh:
        return model.whole(change.entity["attrs"])
    written: list[tuple[str, Any]] = [(name, each) for (name, _), each in change.created.items()]
    written += [(name, each) for (name, _), each in change.updated.items()]
    found = model.wrong(written)
    if change.deleted:
        gone = {known.name for iri, _ in change.deleted if (known := model.of(iri)) is not None}
        missing = model.missing(change.entity["attrs"])
        found += [each for each in missing if each.attribute in gone]
    return found
