"""Who acts, for whom, why, and what led here: passed along with every use case, never global."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

ActorKind = Literal["person", "organisation", "official", "system", "agent", "anonymous"]


Level = Literal["low", "substantial", "high"]
LEVELS: tuple[Level, ...] = ("low", "substantial", "high")


class Assurance(msgspec.Struct, frozen=True, kw_only=True):
    """How sure it is that the actor is who they say: the level, by which means, and since when."""

    level: Level = "low"
    methods: tuple[str, ...] = ()
    at: datetime | None = None

    def reaches(self, wanted: str) -> bool:
        """Whether this is at least the wanted level; no wish is always fulfilled."""
        return not wanted or LEVELS.index(self.level) >= LEVELS.index(wanted)


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """What one may do for the person or organisation one acts for; ``items`` empty: all items."""

    id: str
    kind: str
    powers: frozenset[str]
    items: frozenset[str] = frozenset()
    in_force: bool = True

    def covers(self, power: str, item: str) -> bool:
        """Whether the mandate reaches so far, now."""
        if not self.in_force or not power or power not in self.powers:
            return False
        return not item or not self.items or item in self.items


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The one who acts: a person, an official, an agent or a part of the system itself."""

    id: str
    kind: ActorKind
    name: str = ""
    roles: frozenset[str] = frozenset()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of an act; it stands on every audit line and event.

    ``purpose`` is compulsory for reading personal data, ``cause`` is the id of the event or request
    that led here,
    ``on_behalf_of`` the person represented (``mandate`` says how far), ``agent`` the AI client
    through which the actor speaks, ``assurance`` how well the actor has proved who they are.
    """

    actor: Actor
    organisation: str | None = None
    on_behalf_of: str | None = None
    agent: str | None = None
    purpose: str | None = None
    cause: str | None = None
    language: str = "zh-hans"
    assurance: Assurance = Assurance()
    mandate: Mandate | None = None

    def for_purpose(self, purpose: str) -> Context:
        """The same circumstances with the purpose stated, e.g. ``service.handling``."""
        return msgspec.structs.replace(self, purpose=purpose)

    def caused_by(self, event_id: str) -> Context:
        """The same circumstances as a consequence of the named event."""
        return msgspec.structs.replace(self, cause=event_id)


def anonymous_context(*, language: str = "zh-hans") -> Context:
    """Someone who has not signed in."""
    return Context(actor=Actor(id="", kind="anonymous"), language=language)


def system_context(part: str, *, cause: str | None = None) -> Context:
    """A part of the system acting by itself, e.g. ``system_context("command")`` for its event
    handlers.
    """
    actor = Actor(id=f"system/{part}", kind="system", name=part, roles=frozenset({"system"}))
    return Context(actor=actor, cause=cause, purpose="system.operation")
