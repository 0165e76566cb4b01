"""What stands on the screen: figures with source and age, series, counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.casework import api as casework
from pengcheng.domains.command import api, contracts
from pengcheng.domains.command.web import words
from pengcheng.domains.sensing import api as sensing
from pengcheng.domains.sensing import contracts as sensed
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Denied

HOURS = 48
SERIES = (
    "temperature",
    "relativeHumidity",
    "atmosphericPressure",
    "windSpeed",
    "rainIntensity",
)
SHOWN = (
    "temperature",
    "windSpeed",
    "rainIntensity",
    "visibility",
    "atmosphericPressure",
    "relativeHumidity",
)
# The states of a case, gathered as a board on a wall can be read.
CASES = {
    "received": ("submitted", "accepted"),
    "in_review": ("in_review", "correction_requested", "supplemented", "appealed"),
    "granted": ("granted", "overturned"),
    "refused": ("refused", "upheld"),
    "ended": ("withdrawn", "closed"),
}


def facts(context: Context, incidents: Sequence[contracts.Incident]) -> dict[str, Any]:
    """Everything that the screen shows."""
    now = clock.now()
    counts = api.counts(context=context)
    series = _series(context)
    districts = _districts(context)
    cases = _cases(context)
    may = allowed(context, "command.incident.handle")
    return {
        "now": now,
        "may_handle": may,
        "incidents": [_incident(item) for item in incidents],
        "kpis": _kpis(counts, districts),
        "stations": _stations(context),
        "storms": _storms(context),
        "replay": _replay(context),
        "series": series,
        "districts": districts,
        "levels": [{"name": words.level(k), "count": v} for k, v in counts.levels.items()],
        "states": [{"name": words.state(k), "count": v} for k, v in counts.states.items()],
        "counted_at": counts.counted_at,
        "cases": cases,
        "chart_data": _chart_data(series, districts, counts, cases),
    }


def _incident(item: contracts.Incident) -> dict[str, Any]:
    return {
        "id": item.id,
        "number": item.number,
        "title": words.title(item),
        "level": item.level,
        "level_tag": words.level_tag(item),
        "state_tag": words.state_tag(item),
        "district": words.district(item),
        "value": words.measured(item.attribute, item.value),
        "observed": words.observed(item.observed_at, item.provenance),
        "raised_at": item.raised_at,
        "cleared": item.cleared_at is not None,
        "crossings": item.crossings,
        "version": item.version,
        "can_acknowledge": item.state == "open",
        "longitude": item.longitude,
        "latitude": item.latitude,
        "url": reverse("command:incident", args=[item.id]),
    }


def _kpis(counts: contracts.Counts, districts: dict[str, Any]) -> list[dict[str, Any]]:
    open_now = sum(counts.levels.values())
    source = _("incident records")
    at = counts.counted_at
    rows = [
        (_("Open incidents"), open_now, source, at),
        (_("Not yet noticed"), counts.states["open"], source, at),
        (_("Median time to notice"), words.span(counts.median_seconds), source, at),
    ]
    if districts["rows"]:
        piles = f"{districts['total']:,}"
        origin = f"{districts['source']} · {districts['observed'][:10]}"
        rows.append((_("Charging piles"), piles, origin, districts["recorded_at"]))
    return [
        {"label": label, "value": value, "source": origin, "at": moment}
        for label, value, origin, moment in rows
    ]


def _latest(context: Context, kind: str) -> dict[str, dict[str, sensed.Latest]]:
    found: dict[str, dict[str, sensed.Latest]] = {}
    for value in sensing.latest(context=context, type=kind):
        found.setdefault(value.entity.id, {})[value.observation.attribute] = value
    return found


def _stations(context: Context) -> list[dict[str, Any]]:
    rows = []
    for values in _latest(context, "WeatherObserved").values():
        newest = max(values.values(), key=lambda value: value.observation.observed_at)
        current = {
            name: value
            for name, value in values.items()
            # A station that has stopped sending one quantity must not show it as present.
            if newest.observation.observed_at - value.observation.observed_at < timedelta(hours=3)
        }
        rows.append(
            {
                "name": words.both(newest.entity.zh, newest.entity.en),
                "figures": [_figure(current[name]) for name in SHOWN if name in current],
                "source": newest.entity.source,
                "observed": words.observed(
                    newest.observation.observed_at, newest.observation.provenance
                ),
                "recorded_at": newest.observation.recorded_at,
                "generated": newest.observation.provenance == "generated",
            }
        )
    return rows


def _figure(value: sensed.Latest) -> dict[str, str]:
    observation = value.observation
    text = words.measured(observation.attribute, observation.value)
    number, _space, unit = text.partition(" ")
    return {"label": words.attribute(observation.attribute), "value": number, "unit": unit}


def _storms(context: Context) -> list[dict[str, Any]]:
    newest = _newest_moment(context)
    rows = []
    for values in _latest(context, "TropicalCyclone").values():
        one = next(iter(values.values()))
        at = one.observation.observed_at
        if newest is None or newest - at > timedelta(hours=12):
            continue
        rows.append(
            {
                "name": words.both(one.entity.zh, one.entity.en),
                "figures": [_figure(value) for value in values.values()],
                "source": one.entity.source,
                "observed": words.observed(at, one.observation.provenance),
                "recorded_at": one.observation.recorded_at,
            }
        )
    return rows


def _newest_moment(context: Context) -> Any:
    moments = [
        value.observation.observed_at
        for value in sensing.latest(context=context, type="WeatherObserved")
    ]
    return max(moments, default=None)


def _replay(context: Context) -> dict[str, Any] | None:
    for replay in sensing.replays(context=context):
        return {
            "name": words.both(replay.zh, replay.en),
            "cursor": words.moment(replay.cursor),
            "phase": replay.phase,
            "seconds": f"{replay.step_seconds:g}",
            "source": replay.source,
        }
    return None


def _series(context: Context) -> dict[str, Any]:
    """The last two days of each station, on one axis of hours."""
    newest = _newest_moment(context)
    if newest is None:
        return {"labels": [], "stations": []}
    since = newest - timedelta(hours=HOURS)
    entities = _latest(context, "WeatherObserved")
    stations = [_station_series(context, values, since) for values in entities.values()]
    stations = [station for station in stations if station["values"]["temperature"]]
    moments = sorted({at for one in stations for line in one["values"].values() for at in line})
    for one in stations:
        one["values"] = {
            name: [line.get(at) for at in moments] for name, line in one["values"].items()
        }
    labels = [f"{clock.local(at):%m-%d %H:%M}" for at in moments]
    return {"labels": labels, "stations": stations, "rows": _rows(labels, stations)}


def _station_series(
    context: Context, values: dict[str, sensed.Latest], since: Any
) -> dict[str, Any]:
    entity = next(iter(values.values())).entity
    lines = {}
    for name in SERIES:
        page = sensing.history(
            context=context, entity=entity.id, attribute=name, since=since, limit=HOURS + 1
        )
        lines[name] = {reading.observed_at: reading.value for reading in page.items}
    return {"name": words.both(entity.zh, entity.en), "source": entity.source, "values": lines}


def _rows(labels: list[str], stations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as a table, newest hour first."""
    return [
        {
            "label": label,
            "station": one["name"],
            **{name: _cell(name, one["values"][name][index]) for name in SERIES},
        }
        for index, label in reversed(list(enumerate(labels)))
        for one in stations
    ]


def _cell(name: str, value: float | None) -> str:
    return "–" if value is None else words.measured(name, value)


def _districts(context: Context) -> dict[str, Any]:
    totals = sensing.by_district(context=context, attribute="socketNumber")
    rows = [
        {
            "name": words.both(row.zh, row.en) or _("Outside the districts"),
            "piles": int(row.total),
            "stations": row.entities,
        }
        for row in totals
    ]
    newest = max((row.recorded_at for row in totals), default=clock.now())
    observed = max((row.observed_at for row in totals), default=clock.now())
    return {
        "rows": rows,
        "total": sum(row["piles"] for row in rows),
        "source": "UrbanEV (CC0)",
        "observed": words.moment(observed),
        "recorded_at": newest,
    }


def _cases(context: Context) -> dict[str, Any] | None:
    try:
        board = casework.board(context=context)
    except Denied:
        return None
    names = {
        "received": pgettext("case state", "Received"),
        "in_review": pgettext("case", "In review"),
        "granted": pgettext("case", "Granted"),
        "refused": pgettext("case", "Refused"),
        "ended": pgettext("case", "Withdrawn or closed"),
    }
    rows = [
        {"name": names[group], "count": sum(board.states.get(state, 0) for state in states)}
        for group, states in CASES.items()
    ]
    return {"rows": rows, "at": board.at}


def _chart_data(
    series: dict[str, Any],
    districts: dict[str, Any],
    counts: contracts.Counts,
    cases: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "labels": series["labels"],
        "stations": [{"name": one["name"], "values": one["values"]} for one in series["stations"]],
        "districts": districts["rows"],
        "levels": [
            {"name": words.level(level), "count": count} for level, count in counts.levels.items()
        ],
        "cases": cases["rows"] if cases else [],
        "words": {
            **{name: words.attribute(name) for name in SERIES},
            "rain": [words.rain(step) for step in range(4)],
            "piles": _("Charging piles"),
            "count": _("Count"),
            "raised": _("New incident: %(title)s"),
        },
    }
