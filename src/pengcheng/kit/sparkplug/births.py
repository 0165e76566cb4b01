"""Topics, aliases and the order of messages of one edge node (Sparkplug B 3.0, chapters 4 to 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pengcheng.kit.sparkplug.payload import BOOLEAN, Metric, Payload, encode

NAMESPACE = "spBv1.0"
KINDS = frozenset({"NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH", "DDEATH", "DDATA", "DCMD"})
REBIRTH = "Node Control/Rebirth"
MOST_EARLY = 64


class Topic(NamedTuple):
    group: str
    kind: str
    node: str
    device: str = ""


class Heard(NamedTuple):
    """What a message means: readings of the node or of a device of it, or that it went."""

    device: str
    metrics: tuple[Metric, ...] = ()
    died: bool = False
    rebirth: bool = False  # something is missing: the node must tell all anew
    timestamp: int | None = None


def topic_of(text: str) -> Topic | None:
    parts = text.split("/")
    if len(parts) not in {4, 5} or parts[0] != NAMESPACE or parts[2] not in KINDS:
        return None
    if (parts[2][0] == "D") != (len(parts) == 5) or not all(parts):
        return None
    return Topic(*parts[1:])


@dataclass
class Node:
    """What is known of an edge node since its birth."""

    seq: int | None = None  # of the message heard last; None: not born
    born: int | None = None  # its bdSeq
    aliases: dict[tuple[str, int], Metric] = field(default_factory=dict)
    early: dict[int, tuple[Topic, Payload]] = field(default_factory=dict)

    def hear(self, topic: Topic, payload: Payload) -> list[Heard]:
        """Messages come in the order of their numbers; some brokers let a DBIRTH overtake."""
        if topic.kind == "NDEATH":
            return self._die(payload)
        if topic.kind == "NBIRTH":
            return self._birth(payload)
        if payload.seq is None:
            return [Heard("", rebirth=True)]
        if self.seq is None:
            if topic.kind == "DBIRTH":
                self._keep(topic, payload)
            return [Heard("", rebirth=True)]
        if payload.seq != (self.seq + 1) % 256:
            return self._gap(topic, payload)
        return [self._said(topic, payload), *self._caught_up()]

    def _birth(self, payload: Payload) -> list[Heard]:
        early = {n: one for n, one in self.early.items() if one[0].kind == "DBIRTH"}
        self.seq, self.aliases, self.early = payload.seq or 0, {}, early
        self.born = next(
            (int(m.value) for m in payload.metrics if m.name == "bdSeq" and m.value is not None),
            None,
        )
        metrics = self._learn("", payload.metrics)
        return [Heard("", metrics, timestamp=payload.timestamp), *self._caught_up()]

    def _die(self, payload: Payload) -> list[Heard]:
        """A death belongs to the birth of the same number; an old will means nothing."""
        number = next((m.value for m in payload.metrics if m.name == "bdSeq"), None)
        if self.seq is None or (
            number is not None and self.born is not None and int(number) != self.born
        ):
            return []
        self.seq, self.early = None, {}
        self.aliases.clear()
        return [Heard("", died=True)]

    def _gap(self, topic: Topic, payload: Payload) -> list[Heard]:
        """A number was left out: wait a little for what was overtaken, then ask for all anew."""
        ahead = ((payload.seq or 0) - (self.seq or 0) - 1) % 256
        if 0 < ahead <= MOST_EARLY // 8 and len(self.early) < MOST_EARLY // 8:
            self._keep(topic, payload)
            return []
        self.early, self.seq = {}, None
        return [Heard("", rebirth=True)]

    def _keep(self, topic: Topic, payload: Payload) -> None:
        if len(self.early) < MOST_EARLY and payload.seq is not None:
            self.early[payload.seq] = (topic, payload)

    def _caught_up(self) -> list[Heard]:
        found = []
        while self.seq is not None and (self.seq + 1) % 256 in self.early:
            found.append(self._said(*self.early.pop((self.seq + 1) % 256)))
        return found

    def _said(self, topic: Topic, payload: Payload) -> Heard:
        self.seq, device = payload.seq, topic.device
        if topic.kind == "DBIRTH":
            metrics = self._learn(device, payload.metrics)
        elif topic.kind == "DDEATH":
            return Heard(device, died=True)
        else:
            metrics, unknown = self._named(device, payload.metrics)
            if unknown:
                return Heard(device, metrics, rebirth=True, timestamp=payload.timestamp)
        return Heard(device, metrics, timestamp=payload.timestamp)

    def _learn(self, device: str, metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
        for each in metrics:
            if each.alias is not None:
                self.aliases[device, each.alias] = each
        return tuple(
            each
            for each in metrics
            if each.name != "bdSeq" and not each.name.startswith("Node Control/")
        )

    def _named(self, device: str, metrics: tuple[Metric, ...]) -> tuple[tuple[Metric, ...], bool]:
        """Metrics by their names; whether one has an alias that no birth has told."""
        found, unknown = [], False
        for each in metrics:
            if each.name:
                found.append(each)
                continue
            known = self.aliases.get((device, each.alias if each.alias is not None else -1))
            if known is None:
                unknown = True
            else:
                found.append(each._replace(name=known.name, datatype=known.datatype))
        return tuple(found), unknown


def rebirth(group: str, node: str, at: int) -> tuple[str, bytes]:
    """The command by which a node tells all anew."""
    body = encode([Metric(REBIRTH, True, BOOLEAN)], timestamp=at)
    return f"{NAMESPACE}/{group}/NCMD/{node}", body
