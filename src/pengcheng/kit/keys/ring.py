"""A ring of keys for one purpose: the newest signs, the older ones are still known.

A folder of the home holds two files a key: `<number>.key`, the private part, which goes when the
key is retired, and `<number>.json`, the public part, which stays so that what was signed with it
can still be verified. The private part may be in a PKCS#11 token instead.
Every process looks whether the folder has changed before it signs.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from django.conf import settings

from pengcheng.kernel import clock
from pengcheng.kernel.clock import SystemClock
from pengcheng.kernel.registry import key_uses
from pengcheng.kit.keys import curves, token

SETTLED = 0.1  # seconds, by the clock of the file system


class Key(msgspec.Struct, frozen=True):
    """The public part of a key."""

    kid: str
    algorithm: curves.Algorithm
    public: curves.Public

    def verifies(self, signature: bytes, data: bytes) -> bool:
        return curves.verify(self.public, signature, data)


class Signer(msgspec.Struct, frozen=True):
    """The key that signs now."""

    key: Key
    private: curves.Private

    def sign(self, data: bytes) -> bytes:
        return curves.sign(self.private, data)


class KeyState(msgspec.Struct, frozen=True, kw_only=True):
    """What the public file tells of a key."""

    number: int
    kid: str
    algorithm: curves.Algorithm
    jwk: dict[str, str]
    made_at: str
    retired_at: str = ""
    distrusted: bool = False  # lost to somebody else: nothing signed with it counts any more
    held: Literal["file", "token"] = "file"


class Ring:
    """Opened from its folder at need, and again when the folder has changed."""

    def __init__(
        self, folder: Path, algorithm: curves.Algorithm, life: timedelta | None = None
    ) -> None:
        self.folder, self.algorithm, self.life = folder, algorithm, life
        self._stamp = 0
        self._signer: Signer | None = None
        self._known: dict[str, Key] = {}
        self._states: tuple[KeyState, ...] = ()

    def signer(self) -> Signer:
        """The key that signs; the first is made here."""
        self._look()
        if self._signer is None:
            with self._alone():
                self._read()
                if self._signer is None:
                    self._make()
                    self._read()
        if self._signer is None:
            raise RuntimeError(f"no signing key in {self.folder}")
        if token.holds(self.folder.name) and self._states[-1].held == "file":
            raise token.misplaced(self.folder.name)
        return self._signer

    def find(self, kid: str) -> Key | None:
        """A key that is trusted, current or retired."""
        self._look()
        return self._known.get(kid)

    def states(self) -> tuple[KeyState, ...]:
        """All keys that ever were, oldest first."""
        self._look()
        return self._states

    def jwks(self) -> dict[str, Any]:
        """The trusted public keys as a JWK set (RFC 7517), until what they signed has run out."""
        self.signer()
        return {
            "keys": [
                {**one.jwk, "kid": one.kid, "alg": one.algorithm, "use": "sig"}
                for one in reversed(self._states)
                if not one.distrusted and not self.run_out(one)
            ]
        }

    def run_out(self, state: KeyState) -> bool:
        """Whether nothing that the retired key signed can count any more."""
        if not state.retired_at or self.life is None:
            return False
        return clock.now() > datetime.fromisoformat(state.retired_at) + self.life

    def rotate(self, *, distrust: bool = False) -> KeyState:
        """A new key signs from now on; the old private part is destroyed.

        With ``distrust`` nothing that the old key signed is believed any longer.
        """
        with self._alone():
            self._read()
            if not self._states:
                self._make()
                self._read()
            old = self._states[-1]
            self._make()
            retired = msgspec.structs.replace(
                old, retired_at=clock.now().isoformat(), distrusted=distrust
            )
            self._write(f"{old.number:06d}.json", msgspec.json.encode(retired))
            self._destroy(old)
            self._read()
        return self._states[-1]

    def _look(self) -> None:
        try:
            stamp = os.stat(self.folder).st_mtime_ns
        except FileNotFoundError:
            self._signer, self._known, self._states = None, {}, ()
            return
        if stamp != self._stamp:
            self._reread()

    def _reread(self) -> None:
        """Another process may retire the key between our look at the list and at the key."""
        for _ in range(5):
            with suppress(FileNotFoundError):
                return self._read()
        return self._read()

    def _read(self) -> None:
        stamp = os.stat(self.folder).st_mtime_ns
        paths = sorted(self.folder.glob("[0-9]*.json"))
        states = tuple(msgspec.json.decode(path.read_bytes(), type=KeyState) for path in paths)
        keys = {one.kid: _key(one) for one in states}
        # Of a folder that changed just now the next change may bear the same time.
        fresh = abs(SystemClock().now().timestamp() - stamp / 1e9) < SETTLED
        self._states, self._stamp = states, 0 if fresh else stamp
        self._known = {one.kid: keys[one.kid] for one in states if not one.distrusted}
        self._signer = None
        if states and not states[-1].retired_at:
            self._signer = Signer(keys[states[-1].kid], self._private(states[-1]))

    def _private(self, state: KeyState) -> curves.Private:
        if state.held == "token":
            public = cast(token.ec.EllipticCurvePublicKey, curves.from_jwk(state.jwk))
            return token.TokenKey(self.label(state.kid), public)
        return curves.from_pem((self.folder / f"{state.number:06d}.key").read_bytes())

    def _destroy(self, old: KeyState) -> None:
        if old.held == "token":
            token.destroy(self.label(old.kid))
        else:
            (self.folder / f"{old.number:06d}.key").unlink()

    def label(self, kid: str) -> str:
        """The key's name in a token."""
        return f"{self.folder.name}-{kid}"

    def _make(self) -> None:
        """The private part first: a public part alone would promise what nobody can sign."""
        private, held = self._made()
        jwk = curves.to_jwk(private.public_key())
        state = KeyState(
            number=self._states[-1].number + 1 if self._states else 1,
            kid=curves.thumbprint(jwk),
            algorithm=self.algorithm,
            jwk=jwk,
            made_at=clock.now().isoformat(),
            held="token" if held else "file",
        )
        if not held:
            self._write(f"{state.number:06d}.key", curves.to_pem(private))
        try:
            self._write(f"{state.number:06d}.json", msgspec.json.encode(state))
        except OSError:
            self._destroy(state)  # in a token nobody would know it by name
            raise

    def _made(self) -> tuple[curves.Private, bool]:
        """A new key, and whether the token holds it."""
        name = self.folder.name
        if not token.holds(name):
            return curves.make(self.algorithm), False
        if self.algorithm != "ES256":
            raise ValueError(f"PENGCHENG_PKCS11_KEYS: {name} signs with {self.algorithm}")
        return token.make(
            name, lambda public: self.label(curves.thumbprint(curves.to_jwk(public)))
        ), True

    def _write(self, name: str, data: bytes) -> None:
        """Whole or not at all, and for the owner only."""
        draft = self.folder / f".{name}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes or retires keys."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _key(state: KeyState) -> Key:
    return Key(state.kid, state.algorithm, curves.from_jwk(state.jwk))


@cache
def _ring(home: str, purpose: str, algorithm: curves.Algorithm) -> Ring:
    use = key_uses().get(purpose)
    life = timedelta(days=use.days) if use and use.days else None
    return Ring(Path(home) / "keys" / purpose, algorithm, life)


def ring(purpose: str, algorithm: curves.Algorithm) -> Ring:
    """The city's ring for a purpose, one a process."""
    return _ring(str(settings.PENGCHENG_HOME), purpose, algorithm)


def rings() -> dict[str, Ring]:
    """Every ring that has keys, by purpose."""
    home = Path(settings.PENGCHENG_HOME) / "keys"
    found = {}
    for folder in sorted(home.glob("*/000001.json")):
        told = json.loads(folder.read_text("utf-8"))
        found[folder.parent.name] = ring(folder.parent.name, told["algorithm"])
    return found
