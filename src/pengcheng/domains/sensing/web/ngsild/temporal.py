"""Evolutions as they are shown: which instances, in which form, and how many (6.3.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pengcheng.domains.sensing.api.broker import Consume, past
from pengcheng.domains.sensing.web.ngsild import choices
from pengcheng.domains.sensing.web.ngsild.http import Answer, Request
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending, series, terms
from pengcheng.kit.ngsild.errors import BadRequestData, InvalidRequest
from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.ngsild.series import TemporalQuery
from pengcheng.kit.ngsild.writing import Writer

# An answer that would have more instances than this is cut and says so (6.3.10).
MOST_INSTANCES = 30
TEMPORAL = frozenset(
    {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods"}
    | {"aggrPeriodDuration", "attrs", "pick", "omit", "options", "format", "lang", "datasetId"}
    | {"local"}
)
FORMS = frozenset({"normalized", "concise", "temporalValues", "aggregatedValues"})
COLUMNS = {
    "observedAt": "observed",
    "createdAt": "created",
    "modifiedAt": "modified",
    "deletedAt": "deleted",
}


# --- reading ----------------------------------------------------------------------------


@dataclass(frozen=True)
class TemporalView:
    """What of an evolution is wanted and how it is shown."""

    query: TemporalQuery
    writer: Writer
    form: str
    last: int
    attributes: frozenset[str] | None
    aggregation: series.Aggregation | None


def temporal_view(request: Request, given: Mapping[str, Any]) -> TemporalView:
    form = request.params.get("format", "")
    options = request.options - {"sysAttrs", "count"}
    if not options <= FORMS or len(options) > 1 or (form and form not in FORMS):
        raise InvalidRequest("An evolution is told as temporalValues or aggregatedValues, not both")
    form = form or "".join(options)
    pick, omit = choices.projections(given, request.context)
    if any(each and each.linked for each in (pick, omit)):
        raise BadRequestData("An evolution has no linked entities")
    named = choices.names_of(tuple(choices.strings(given.get("attrs"))), request.context)
    writer = Writer(
        request.context,
        "concise" if form == "concise" else "normalized",
        sys_attrs="sysAttrs" in request.options,
        pick=pick.names if pick else None,
        omit=omit.names if omit else frozenset(),
        language=str(given.get("lang", "")),
        datasets=choices.datasets(tuple(choices.strings(given.get("datasetId")))),
    )
    asked = None
    if form == "aggregatedValues":
        methods = choices.strings(given.get("aggrMethods"))
        period = str(given.get("aggrPeriodDuration", ""))
        asked = series.aggregation(",".join(methods), period)
    query = series.temporal_query(
        *(str(given.get(key, "")) for key in ("timerel", "timeAt", "endTimeAt", "timeproperty"))
    )
    attributes = named or (_attributes(pick.names) if pick else None) or None
    return TemporalView(query, writer, form, _last(given), attributes, asked)


def _attributes(names: frozenset[str]) -> frozenset[str]:
    return frozenset(each for each in names if ":" in each)


def _last(given: Mapping[str, Any]) -> int:
    value = given.get("lastN", 0)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or value < 0 or ("lastN" in given and value == 0):
        raise BadRequestData("lastN is a whole number above 0")
    return value


def chosen_series(
    reader: Consume, evolution: dict[str, Any], view: TemporalView
) -> dict[str, list[Instance]]:
    """The instances within the time that was asked for, of the wanted datasets."""
    since, until = bounds(view.query)
    place = (reader.connection, reader.tenant, evolution["id"])
    asked = past.Asked(view.attributes, since, until, COLUMNS[view.query.property])
    if view.last:
        found = past.newest(*place, asked, view.last, lambda each: _wanted(each, view))
    else:
        stored = past.series(*place, asked)
        found = {n: [each for each in some if _wanted(each, view)] for n, some in stored.items()}
    return {n: each for n, each in found.items() if each and n not in view.writer.omit}


async def chosen_apart(
    request: Request, evolution: dict[str, Any], view: TemporalView
) -> dict[str, list[Instance]]:
    """The same, beside the loop if it may have to open files."""
    broker, tenant = request.broker, request.tenant
    reader = broker.reader(tenant)
    if not past.in_files(reader.connection, tenant, evolution["id"]):
        return chosen_series(reader, evolution, view)
    return await broker.apart.run(
        lambda connection: chosen_series(Consume(connection, tenant), evolution, view)
    )


def bounds(query: TemporalQuery) -> tuple[int | None, int | None]:
    """From when to when rows are worth reading, in microseconds."""
    start = int(query.start.timestamp() * 1_000_000) if query.start else None
    end = int(query.end.timestamp() * 1_000_000) if query.end else None
    if query.relation == "before":
        return None, start
    return start, end


def _wanted(instance: Instance, view: TemporalView) -> bool:
    """Within the time, of a wanted dataset, and not a grave unless graves are asked for."""
    datasets, query = view.writer.datasets, view.query
    if datasets is not None and instance.get("datasetId", terms.NONE) not in datasets:
        return False
    if query.relation and query.property != "deletedAt" and "deletedAt" in instance:
        return False
    if "expiresAt" in instance and _over(instance):
        return False
    return query.holds(instance)


def _over(instance: Instance) -> bool:
    """What was to be kept for a time only leaves the history with it (4.22); that it went stays."""
    return "deletedAt" not in instance and ending.end_of(instance) <= clock.now().timestamp()


def written(
    evolution: dict[str, Any], chosen: Mapping[str, list[Instance]], view: TemporalView
) -> dict[str, Any]:
    writer = replace(view.writer, datasets=None)
    found = writer.head({**evolution, "attrs": {}})
    chosen = {name: each for name, each in chosen.items() if writer.wants(name)}
    if view.aggregation is not None:
        told = series.aggregated(writer, chosen, view.aggregation, view.query)
        return {**found, **told}
    scopes: list[Instance] = []
    if writer.wants("scope"):
        scopes = series.scopes(evolution.get("scopes", ()), view.query)
    if view.form == "temporalValues":
        told = series.values(writer, chosen, view.query.property)
        return {**found, **series.scope_values(scopes), **told}
    return {**found, **_normalized(writer, chosen, scopes, view)}


def _normalized(
    writer: Writer,
    chosen: Mapping[str, list[Instance]],
    scopes: list[Instance],
    view: TemporalView,
) -> dict[str, Any]:
    """With the time that was asked for, if with no other of the system's."""
    asked = view.query.property != "observedAt"
    shown = replace(writer, sys_attrs=True) if asked else writer
    body = {**({"scope": scopes} if scopes else {}), **series.normalized(shown, chosen)}
    if writer.sys_attrs:
        return body
    return {name: [_without_system(each, view) for each in told] for name, told in body.items()}


def _without_system(instance: Any, view: TemporalView) -> Any:
    if not isinstance(instance, dict):
        return instance
    hidden = set(terms.SYSTEM) - {view.query.property}
    return {key: value for key, value in instance.items() if key not in hidden}


class Cut:
    """Keeps answers to a size and says what was left out (6.3.10)."""

    def __init__(self, view: TemporalView) -> None:
        self.view = view
        self.left = MOST_INSTANCES
        self.was_cut = False
        self.times: list[str] = []

    def series(self, chosen: dict[str, list[Instance]]) -> dict[str, list[Instance]]:
        """What still fits; aggregated answers are small and are never cut."""
        if self.view.aggregation is not None:
            return chosen
        total = sum(map(len, chosen.values()))
        if total <= self.left:
            self.left -= total
            self._note(chosen)
            return chosen
        self.was_cut = True
        kept = self._first(chosen)
        self.left = 0
        self._note(kept)
        return kept

    def _first(self, chosen: dict[str, list[Instance]]) -> dict[str, list[Instance]]:
        """From the time where the reader begins: the oldest, or with lastN the newest."""
        key = self.view.query.property
        timed = [
            (each.get(key) or each.get("modifiedAt", ""), name, each)
            for name, instances in chosen.items()
            for each in instances
        ]
        timed.sort(key=lambda row: terms.instant(row[0]), reverse=bool(self.view.last))
        keep = {id(each) for _, _, each in timed[: self.left]}
        found = {n: [e for e in instances if id(e) in keep] for n, instances in chosen.items()}
        return {name: instances for name, instances in found.items() if instances}

    def _note(self, kept: Mapping[str, list[Instance]]) -> None:
        key = self.view.query.property
        self.times += [
            each[key] for instances in kept.values() for each in instances if key in each
        ]

    def mark(self, answer: Answer) -> Answer:
        if not self.was_cut or answer.status != 200:
            return answer
        answer.status = 206
        moments = sorted(terms.instant(each) for each in self.times) or [clock.now()]
        first, last = (terms.stamp(each)[:19] for each in (moments[0], moments[-1]))
        span = f"{last}-{first}" if self.view.last else f"{first}-{last}"
        size = str(self.view.last) if self.view.last else "*"
        return answer.with_header("Content-Range", f"DateTime {span}/{size}")
