"""Temporal evolutions: choosing instances by time, and their representations (4.5.6 to 4.5.9, 4.11,
4.5.19).

An instance of a series is an attribute instance with its ``instanceId`` and times.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson
from dateutil.relativedelta import relativedelta

from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import BadRequestData, InvalidRequest
from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.ngsild.terms import RELATIONS, VALUE_OF
from pengcheng.kit.ngsild.writing import Writer

Series = Mapping[str, Sequence[Instance]]
TimeProperty = Literal["observedAt", "createdAt", "modifiedAt", "deletedAt"]
TIME_PROPERTIES = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
METHODS = ("avg", "distinctCount", "max", "min", "stddev", "sum", "sumsq", "totalCount")
PLURAL = {
    "Property": "values",
    "GeoProperty": "values",
    "Relationship": "objects",
    "LanguageProperty": "languageMaps",
    "VocabProperty": "vocabs",
    "JsonProperty": "jsons",
    "ListProperty": "valueLists",
    "ListRelationship": "objectLists",
}
PERIOD = re.compile(
    r"P(?:(?P<weeks>\d+)W|(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?)\Z"
)
MOST_PERIODS = 10_000


@dataclass(frozen=True)
class TemporalQuery:
    """before / after / between, on one of the times of an instance (4.11)."""

    relation: Literal["before", "after", "between", ""] = ""
    start: datetime | None = None
    end: datetime | None = None
    property: str = "observedAt"

    def holds(self, instance: Instance) -> bool:
        text = instance.get(self.property)
        if text is None:
            return not self.relation and self.property == "observedAt"
        if not self.relation or self.start is None:
            return True
        moment = terms.instant(text)
        if self.relation == "before":
            return moment < self.start
        if self.relation == "after":
            return moment >= self.start
        return self.end is not None and self.start <= moment < self.end


def temporal_query(
    timerel: str, time_at: str, end_time_at: str, time_property: str
) -> TemporalQuery:
    """Compile; the parts must fit each other."""
    name = time_property or "observedAt"
    if name not in TIME_PROPERTIES:
        raise BadRequestData(f"{name!r} is no time of an attribute")
    if not timerel:
        if time_at or end_time_at:
            raise BadRequestData("timeAt and endTimeAt need timerel")
        return TemporalQuery(property=name)
    if timerel not in {"before", "after", "between"}:
        raise BadRequestData(f"timerel is before, after or between, not {timerel!r}")
    if not time_at:
        raise BadRequestData("timerel needs timeAt")
    start = terms.sent(time_at, "timeAt")
    if timerel != "between":
        return TemporalQuery(timerel, start, None, name)  # type: ignore[arg-type]
    if not end_time_at:
        raise BadRequestData("timerel between needs endTimeAt")
    return TemporalQuery("between", start, terms.sent(end_time_at, "endTimeAt"), name)


def last(instances: Sequence[Instance], count: int, name: str) -> list[Instance]:
    """The newest of a series, newest first."""
    timed = [each for each in instances if name in each]
    timed.sort(key=lambda each: terms.instant(each[name]), reverse=True)
    return timed[:count]


# --- representations --------------------------------------------------------------------


def normalized(writer: Writer, series: Series) -> dict[str, Any]:
    """Each attribute an array of its instances (4.5.7, 4.5.8)."""
    return {
        writer.context.compact(name): [writer.instance(each) for each in instances]
        for name, instances in series.items()
        if instances
    }


def values(writer: Writer, series: Series, time_property: str) -> dict[str, Any]:
    """The simplified temporal representation (4.5.9): pairs of value and time."""
    found: dict[str, Any] = {}
    for name, instances in series.items():
        groups: dict[str | None, list[Instance]] = defaultdict(list)
        for each in instances:
            groups[each.get("datasetId")].append(each)
        told = [_pairs(writer, group, time_property) for group in groups.values()]
        if told:
            found[writer.context.compact(name)] = told[0] if len(told) == 1 else told
    return found


def _pairs(writer: Writer, group: list[Instance], time_property: str) -> dict[str, Any]:
    kind = group[0]["type"]
    listed = [[_plain(writer, each), _time(each, time_property)] for each in group]
    if kind == "LanguageProperty" and writer.language:
        kind = "Property"
    told: dict[str, Any] = {"type": kind, PLURAL[kind]: listed}
    if group[0].get("datasetId"):
        told["datasetId"] = group[0]["datasetId"]
    return told


def _time(instance: Instance, time_property: str) -> str:
    return str(instance.get(time_property) or instance.get("modifiedAt") or "")


def _plain(writer: Writer, instance: Instance) -> Any:
    return writer.value({**instance})


def scopes(listed: Sequence[Instance], query: TemporalQuery) -> list[Instance]:
    """What the scope was within the time asked for: each holds until the next (4.18)."""
    found = []
    for number, each in enumerate(listed):
        following = listed[number + 1 : number + 2]
        until = following[0].get(query.property) if following else None
        if _overlaps(each.get(query.property), until, query):
            value = each["value"]
            told = value[0] if isinstance(value, list) and len(value) == 1 else value
            found.append({"type": "Property", **each, "value": told})
    return found


def during(
    chosen: dict[str, list[Instance]],
    listed: Sequence[Instance],
    wanted: Callable[[list[str]], bool],
    name: str,
) -> dict[str, list[Instance]]:
    """The instances of the times at which a wanted scope held (4.18, C.5.16)."""
    spans = []
    for number, each in enumerate(listed):
        value = each["value"]
        if name in each and wanted(value if isinstance(value, list) else [value]):
            following = listed[number + 1 : number + 2]
            until = following[0].get(name) if following else None
            spans.append((terms.instant(each[name]), terms.instant(until) if until else None))
    found = {
        key: [each for each in instances if name in each and _within(each[name], spans)]
        for key, instances in chosen.items()
    }
    return {key: instances for key, instances in found.items() if instances}


def _within(at: str, spans: Sequence[tuple[datetime, datetime | None]]) -> bool:
    moment = terms.instant(at)
    return any(since <= moment and (not until or moment < until) for since, until in spans)


def _overlaps(since: str | None, until: str | None, query: TemporalQuery) -> bool:
    if not query.relation or query.start is None or since is None:
        return True
    start = terms.instant(since)
    ends = query.start if query.relation == "before" else query.end
    if ends is not None and start >= ends:
        return False
    if query.relation == "before" or until is None:
        return True
    return terms.instant(until) > query.start


def scope_values(listed: Sequence[Instance]) -> dict[str, Any]:
    """The same as pairs of value and time (4.5.9)."""
    pairs = [[each["value"], _time(each, "observedAt")] for each in listed]
    return {"scope": {"type": "Property", "values": pairs}} if pairs else {}


# --- aggregation ------------------------------------------------------------------------


@dataclass(frozen=True)
class Aggregation:
    methods: tuple[str, ...]
    period: relativedelta | None  # None: the whole range


def aggregation(methods: str, period: str) -> Aggregation:
    names = tuple(each for each in methods.split(",") if each)
    wrong = [each for each in names if each not in METHODS]
    if not names:
        raise BadRequestData("An aggregated representation needs aggrMethods")
    if wrong:
        raise BadRequestData(f"{wrong[0]!r} is no method of aggregation")
    return Aggregation(names, duration(period) if period else None)


def duration(text: str) -> relativedelta | None:
    """An ISO 8601 duration; zero means the whole range and gives ``None``."""
    found = PERIOD.match(text)
    if found is None or text in {"P", "PT"} or text.endswith("T"):
        raise BadRequestData(f"{text!r} is no duration such as PT1H")
    parts = {key: int(value) for key, value in found.groupdict().items() if value}
    return relativedelta(**parts) if any(parts.values()) else None  # type: ignore[arg-type]


def aggregated(
    writer: Writer, series: Series, asked: Aggregation, query: TemporalQuery
) -> dict[str, Any]:
    """Each attribute with one list of [value, start, end] a method (4.5.19)."""
    found: dict[str, Any] = {}
    for name, instances in series.items():
        timed = [(terms.instant(e[query.property]), e) for e in instances if query.property in e]
        if not timed:
            continue
        timed.sort(key=lambda pair: pair[0])
        kind = "Relationship" if timed[0][1]["type"] in RELATIONS else "Property"
        told: dict[str, Any] = {"type": timed[0][1]["type"] if kind == "Relationship" else kind}
        spans = _spans(timed, asked, query)
        for method in asked.methods:
            rows = _aggregate(method, spans)
            if rows:
                told[method] = rows
        if len(told) == 1:
            raise InvalidRequest(f"{writer.context.compact(name)} cannot be aggregated so")
        found[writer.context.compact(name)] = told
    return found


Span = tuple[datetime, datetime, list[Any]]


def _spans(
    timed: list[tuple[datetime, Instance]], asked: Aggregation, query: TemporalQuery
) -> list[Span]:
    begin = query.start if query.relation in {"after", "between"} and query.start else timed[0][0]
    values_of = [(moment, each.get(VALUE_OF[each["type"]])) for moment, each in timed]
    if asked.period is None:
        end = timed[-1][0]
        if query.relation == "between" and query.end:
            end = query.end
        elif query.relation == "before" and query.start:
            end = query.start
        return [(begin, end, [value for _, value in values_of])]
    spans: list[Span] = []
    step, start, at = 0, begin, 0
    while at < len(values_of):
        end = _after(begin, asked.period, step + 1)
        inside = []
        while at < len(values_of) and values_of[at][0] < end:
            inside.append(values_of[at][1])
            at += 1
        if inside:
            spans.append((start, end, inside))
        step, start = step + 1, end
        if step > MOST_PERIODS and not inside:
            step, start = _jump(begin, asked.period, values_of[at][0], step)
    return spans


def _after(begin: datetime, period: relativedelta, steps: int) -> datetime:
    return begin + period * steps


def _jump(begin: datetime, period: relativedelta, to: datetime, step: int) -> tuple[int, datetime]:
    """Over an empty stretch in one leap, where periods are of one length."""
    length = (datetime(2000, 1, 1, tzinfo=UTC) + period) - datetime(2000, 1, 1, tzinfo=UTC)
    if period.years or period.months or length <= timedelta(0):
        return step, _after(begin, period, step)
    step = max(step, (to - begin) // length)
    return step, _after(begin, period, step)


def _aggregate(method: str, spans: list[Span]) -> list[list[Any]]:
    rows = []
    for start, end, inside in spans:
        value = COMPUTE[method](inside)
        if value is not None:
            rows.append([value, terms.stamp(start), terms.stamp(end)])
    return rows


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    return len(value) if isinstance(value, list) else None


def _numbers(inside: list[Any]) -> list[float | int]:
    return [number for number in map(_number, inside) if number is not None]


def _spreads(compute: Callable[[list[float | int]], float]) -> Callable[[list[Any]], Any]:
    """What is not told of the sizes of arrays (table 4.5.19.1-1)."""
    method = _of_numbers(compute)
    return lambda inside: method([each for each in inside if not isinstance(each, list)])


def _whole(value: float) -> float | int:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _of_numbers(compute: Callable[[list[float | int]], float]) -> Callable[[list[Any]], Any]:
    def method(inside: list[Any]) -> Any:
        found = _numbers(inside)
        return _whole(compute(found)) if found else None

    return method


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    def method(inside: list[Any]) -> Any:
        found: list[Any] = _numbers(inside)
        texts = [each for each in map(_text, inside) if each is not None]
        if found:
            return choose(found)
        return choose(texts) if texts else None

    return method


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else None


def _distinct(inside: list[Any]) -> int:
    return len({orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in inside})


COMPUTE: dict[str, Callable[[list[Any]], Any]] = {
    "totalCount": len,
    "distinctCount": _distinct,
    "sum": _of_numbers(sum),
    "sumsq": _spreads(lambda found: sum(each * each for each in found)),
    "avg": _of_numbers(statistics.fmean),
    "stddev": _spreads(lambda found: statistics.pstdev(found)),
    "min": _extreme(min),
    "max": _extreme(max),
}
