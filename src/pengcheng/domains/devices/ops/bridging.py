"""Dialects of whole nodes: Sparkplug B, and what announces itself as Home Assistant has it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from pengcheng.domains.devices.contracts import Measure, Reading
from pengcheng.domains.devices.ops import crew
from pengcheng.domains.devices.ops.directory import Known
from pengcheng.domains.devices.rules import homeassistant
from pengcheng.domains.devices.rules import thingsboard as tb
from pengcheng.domains.devices.rules.checking import name_of
from pengcheng.kernel import clock
from pengcheng.kit.mqtt.listener import STORED
from pengcheng.kit.sparkplug import births, payload

if TYPE_CHECKING:
    from pengcheng.domains.devices.ops.hearing import House

Done = Callable[[int], None]
REBIRTH_PAUSE = 5.0  # a node is not asked more often
MOST_SOURCES = 500


class Bridging:
    def __init__(self, house: House) -> None:
        self.house = house
        self.nodes: dict[tuple[str, str], births.Node] = {}
        self._asked: dict[str, float] = {}

    # -- Sparkplug -----------------------------------------------------------------------

    def sparkplug(self, guest: Known, text: str, raw: bytes, done: Done) -> None:
        topic = births.topic_of(text)
        if topic is None or topic.kind in {"NCMD", "DCMD"}:
            done(STORED)
            return
        node = self.nodes.setdefault((guest.id, topic.group), births.Node())
        said = []
        for heard in node.hear(topic, payload.decode(raw)):
            if heard.rebirth:
                self._rebirth(guest, topic)
            if heard.died:
                self._died(guest, heard.device)
            readings = [_reading(each, heard.timestamp) for each in heard.metrics]
            readings = [each for each in readings if each.value is not None]
            if readings:
                said.append((heard.device, readings))
                self._units(guest, heard)
        self._give(guest, said, done)

    def _give(self, guest: Known, said: list[tuple[str, list[Reading]]], done: Done) -> None:
        behind = [tb.Said(device, readings) for device, readings in said if device]
        own = [each for device, readings in said if not device for each in readings]
        if own and behind:
            self.house.give(guest, own, lambda code: self._rest(guest, behind, code, done))
        elif own:
            self.house.give(guest, own, done)
        else:
            self.house.spread(guest, behind, done)

    def _rest(self, guest: Known, behind: list[tb.Said], code: int, done: Done) -> None:
        self.house.spread(guest, behind, lambda other: done(max(code, other)))

    def _rebirth(self, guest: Known, topic: births.Topic) -> None:
        now = time.monotonic()
        line = self.house.lines.get(guest.id)
        if line is None or now - self._asked.get(guest.id, -60.0) < REBIRTH_PAUSE:
            return
        at = int(clock.now().timestamp() * 1000)
        if line.say(*births.rebirth(topic.group, topic.node, at)):
            self._asked[guest.id] = now

    def _died(self, guest: Known, device: str) -> None:
        known = self.house.directory.behind(guest, device) if device else guest
        if known is not None and device:
            crew.parted(known)

    def _units(self, guest: Known, heard: births.Heard) -> None:
        """A birth says in which unit a metric is."""
        known = self.house.directory.behind(guest, heard.device) if heard.device else guest
        for each in heard.metrics:
            if known is not None and each.unit and each.name not in known.measures:
                code = homeassistant.UNITS.get(each.unit, "")
                known.measures[each.name] = Measure(
                    key=each.name, attribute=name_of(each.name), unit=each.unit, unit_code=code
                )

    # -- announced -----------------------------------------------------------------------

    def foreign(self, guest: Known, topic: str, raw: bytes, done: Done) -> None:
        """A topic of a bridge's own: an announcement, or something that was announced."""
        if topic.startswith(homeassistant.PREFIX):
            self._announced(guest, topic, raw, done)
            return
        sources = guest.sources.get(topic)
        if not sources:
            done(STORED)  # said to the world, but nothing that was announced to us
            return
        document = _json(raw)
        by_device: dict[str, list[Reading]] = {}
        for device, source in sources:
            reading = homeassistant.state(source, raw, document)
            if reading is not None:
                by_device.setdefault(device, []).append(reading)
        self.house.spread(guest, [tb.Said(*each) for each in by_device.items()], done)

    def _announced(self, guest: Known, topic: str, raw: bytes, done: Done) -> None:
        found = homeassistant.discovered(topic, _json(raw)) if raw else None
        if found is None or len(guest.sources) > MOST_SOURCES:
            done(STORED)
            return
        for source in found.sources:
            listed = guest.sources.setdefault(source.topic, [])
            same = (found.device, source.measure.key)
            listed[:] = [each for each in listed if (each[0], each[1].measure.key) != same]
            listed.append((found.device, source))
        self.house.child(guest, found.device, partial(self._learned, found, done))

    def _learned(self, found: homeassistant.Discovered, done: Done, child: Known | None) -> None:
        if child is not None:
            child.title = found.title or child.title
            for source in found.sources:
                child.measures.setdefault(source.measure.key, source.measure)
        done(STORED)


def _reading(each: payload.Metric, shared: int | None) -> Reading:
    at = each.timestamp if each.timestamp is not None else shared
    return Reading(each.name, each.value, None if at is None else at * 1000)


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except ValueError:
        return None
