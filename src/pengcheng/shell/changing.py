"""Shared secrets that are changed while the city runs: for sessions, and for the context broker.

The newest stands alone in its file, so that people and scripts read it as ever. Those before it
are kept beside it, and accepted for as long as what they opened may last.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pengcheng.kernel import clock
from pengcheng.shell.home import secret_key

SESSION_LIFE = timedelta(hours=24)  # a session ends after twelve, a signed ticket after less
BROKER_LIFE = timedelta(hours=1)  # for clients to be given the new one
SETTLED = 0.1  # seconds, by the clock of the file system


@dataclass(frozen=True)
class Shared:
    """What may be told of a shared secret."""

    number: int
    kid: str
    made_at: str
    retired_at: str = ""
    distrusted: bool = False


@dataclass(frozen=True)
class Former:
    """A secret that was replaced. The text goes when its time is over."""

    number: int
    kid: str
    made_at: str
    retired_at: str
    text: str
    distrusted: bool = False


class Changing:
    """One secret in a file, and those before it in another."""

    def __init__(self, path: Path, life: timedelta, first: Path | None = None) -> None:
        self.path, self.life, self.first = path, life, first
        self.past = path.with_name(f".{path.name}.past")
        self._stamp: tuple[int, ...] = ()
        self._newest, self._past = "", list[Former]()

    def current(self) -> str:
        path = self.path if self.path.exists() else self.first or self.path
        return path.read_text("ascii").strip()

    def accepted(self) -> tuple[str, ...]:
        """The newest, then those before it whose time is not over. Asked at every request."""
        stamp = (_changed(self.path), _changed(self.past))
        if stamp != self._stamp:
            self._newest, self._past = self.current(), self._former()
            # What changed just now may change again without bearing another time.
            settled = clock.SystemClock().now().timestamp() - max(stamp) / 1e9 > SETTLED
            self._stamp = stamp if settled else ()
        now = clock.now() if self._past else None
        past = (self._aged(one, now) for one in self._past if now)
        return (self._newest, *(one.text for one in past if one.text))

    def run_out(self, state: Shared) -> bool:
        if not state.retired_at:
            return False
        return clock.now() > datetime.fromisoformat(state.retired_at) + self.life

    def states(self) -> tuple[Shared, ...]:
        """All that ever were, oldest first; without their texts."""
        past = self._former()
        told = [
            Shared(one.number, one.kid, one.made_at, one.retired_at, one.distrusted) for one in past
        ]
        path = self.path if self.path.exists() else self.first or self.path
        if path.exists():
            made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
            told.append(Shared(len(past) + 1, _kid(self.current()), made))
        return tuple(told)

    def rotate(self, *, distrust: bool = False) -> Shared:
        """A new secret from now on; with ``distrust`` those before it open nothing any more."""
        with self._alone():
            old, last = self.current(), self.states()[-1]
            now = clock.now()
            former = Former(last.number, last.kid, last.made_at, now.isoformat(), old, distrust)
            kept = [self._aged(one, now, distrust=distrust) for one in (*self._former(), former)]
            self._write(self.past, json.dumps([asdict(one) for one in kept]))
            self._write(self.path, secrets.token_urlsafe(48))
        return self.states()[-1]

    def _aged(self, one: Former, now: datetime, *, distrust: bool = False) -> Former:
        over = now > datetime.fromisoformat(one.retired_at) + self.life
        text = "" if over or distrust else one.text
        return Former(one.number, one.kid, one.made_at, one.retired_at, text, one.distrusted)

    def _former(self) -> list[Former]:
        if not self.past.exists():
            return []
        now = clock.now()
        told = [Former(**one) for one in json.loads(self.past.read_text("utf-8"))]
        return [self._aged(one, now) for one in told]

    def _write(self, path: Path, text: str) -> None:
        """Whole or not at all, and for the owner only."""
        draft = path.with_name(f".{path.name.lstrip('.')}.draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(f"{self.past}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _changed(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def _kid(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:43]


def session_secrets(folder: Path) -> Changing:
    """Until it is changed for the first time it is the installation's own secret."""
    secret_key(folder)
    return Changing(folder / "session.key", SESSION_LIFE, first=folder / "secret.key")


def broker_secrets(folder: Path) -> Changing:
    return Changing(folder / "broker.key", BROKER_LIFE)
