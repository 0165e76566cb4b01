"""Incidents as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.domains.command import contracts
from pengcheng.domains.command.web import words


def list_columns() -> list[dict[str, Any]]:
    """Heads of the list."""
    return [
        {"title": pgettext("incident", "Number"), "key": "number", "sort": "number"},
        {"title": _("Incident"), "key": "title"},
        {"title": pgettext("incident", "Level"), "key": "level", "sort": "level"},
        {"title": _("State"), "key": "state", "sort": "state"},
        {"title": _("District"), "key": "district"},
        {"title": pgettext("incident", "Raised"), "key": "raised_at", "sort": "raised_at"},
        {"title": _("Noticed after"), "key": "noticed", "numeric": True},
    ]


def list_cells(item: contracts.Incident) -> dict[str, Any]:
    """One row of the list."""
    return {
        "number": {"text": item.number, "url": reverse("command:incident", args=[item.id])},
        "title": words.title(item),
        "level": words.level_tag(item),
        "state": words.state_tag(item),
        "district": words.district(item) or "–",
        "raised_at": {"moment": item.raised_at},
        "noticed": words.span(item.seconds_to_acknowledge),
    }


def unit_names(units: Iterable[contracts.Unit]) -> dict[str, str]:
    """Units by id."""
    return {unit.id: words.both(unit.zh, unit.en) for unit in units}


def unit_choices(units: Iterable[contracts.Unit]) -> list[tuple[str, str]]:
    """Units as a select offers them, the most fitting first."""
    return [(unit.id, _unit_line(unit)) for unit in units]


def _unit_line(unit: contracts.Unit) -> str:
    parts = [words.both(unit.zh, unit.en)]
    if unit.distance_km is not None:
        parts.append(f"{unit.distance_km:.1f} km")
    if unit.busy:
        parts.append(_("%(count)d in hand") % {"count": unit.busy})
    return " · ".join(parts)


def fact_rows(item: contracts.Incident, units: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facts of an incident."""
    value = words.measured(item.attribute, item.value)
    rows = [
        (pgettext("incident", "Number"), item.number),
        (_("Observed value"), f"{words.attribute(item.attribute)} {value}"),
        (_("Observation"), words.observed(item.observed_at, item.provenance)),
        (pgettext("incident", "Station"), words.both(item.entity_zh, item.entity_en)),
        (_("District"), words.district(item) or _("outside the city's districts")),
        (pgettext("incident", "Raised"), words.moment(item.raised_at)),
        (_("Noticed after"), words.span(item.seconds_to_acknowledge)),
        (pgettext("incident", "Unit"), units.get(item.unit, "–")),
        (_("Crossings"), str(item.crossings)),
        (pgettext("incident", "Readings"), _readings(item)),
        (pgettext("incident", "Outcome"), words.outcome(item.outcome)),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _readings(item: contracts.Incident) -> str:
    if item.cleared_at is None:
        return _("still beyond the limit")
    return _("within the limit again since %(moment)s") % {"moment": words.moment(item.cleared_at)}


def timeline(
    entries: Sequence[contracts.JournalEntry], units: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The journal, newest first."""
    kinds = {"raise": "bad", "append": "warn", "cleared": "good", "close": "done"}
    return [
        {
            "title": words.action(entry.action),
            "time": entry.at,
            "by": _actor(entry),
            "text": "\n".join(filter(None, (_unit_of(entry, units), entry.reason))),
            "kind": kinds.get(entry.action, "active"),
        }
        for entry in reversed(entries)
    ]


def _unit_of(entry: contracts.JournalEntry, units: Mapping[str, str]) -> str:
    return units.get(entry.unit, entry.unit) if entry.action == "assign" else ""


def _actor(entry: contracts.JournalEntry) -> str:
    return _("the system") if entry.actor.startswith("system/") else entry.actor_name or entry.actor


def chain_link(link: contracts.Link) -> dict[str, Any]:
    """One link of the chain as a card."""
    facts = link.facts
    titles = {
        "incident": _("Incident %(number)s") % {"number": facts.get("number", "")},
        "event": _event_title(link),
        "observation": _("Observation: %(what)s") % {"what": words.attribute(link.type)},
        "entity": words.both(facts.get("zh", ""), facts.get("en", "")),
    }
    return {
        "kind": link.kind,
        "title": titles[link.kind],
        "text": _link_text(link),
        "at": link.at,
        "id": link.id,
        "type": link.type,
    }


def _event_title(link: contracts.Link) -> str:
    return {
        "command.incident.raised": _("The command centre raised the incident"),
        "sensing.limit.crossed": _("A limit was crossed"),
        "streams.rule.fired": _("A rule on the stream fired"),
    }.get(link.type, link.type)


def _link_text(link: contracts.Link) -> str:
    facts = link.facts
    if link.type == "sensing.limit.crossed":
        return words.both(facts["limit_zh"], facts["limit_en"])
    if link.type == "streams.rule.fired":
        return words.both(facts["rule_zh"], facts["rule_en"])
    if link.kind == "observation":
        value = words.measured(link.type, float(facts["value"]))
        return f"{value} · {words.provenance(facts['provenance'])} · {facts['source']}"
    if link.kind == "entity":
        return facts["source"]
    return words.both(facts.get("zh", ""), facts.get("en", ""))


def chain_sentence(links: Sequence[contracts.Link]) -> str:
    """The chain in one sentence."""
    seen = next((link for link in links if link.kind == "observation"), None)
    place = next((link for link in links if link.kind == "entity"), None)
    if seen is None or place is None or seen.at is None:
        return _("The chain is not complete: the observation is not kept here.")
    return _(
        "This incident was raised because %(place)s reported %(what)s %(value)s,"
        " observed %(moment)s."
    ) % {
        "place": words.both(place.facts["zh"], place.facts["en"]),
        "what": words.attribute(seen.type),
        "value": words.measured(seen.type, float(seen.facts["value"])),
        "moment": words.moment(seen.at),
    }
