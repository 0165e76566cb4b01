"""A ring of SM2 keys for one purpose, kept beside the others in the home's ``keys/sm2``.

Not a `kit.keys.Ring`: what that one reads may come from strangers as a JWK, and SM2 has none.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import msgspec
from django.conf import settings

from pengcheng.kernel import clock
from pengcheng.kit.sm.sm2 import PrivateKey, generate
from pengcheng.kit.sm.sm3 import sm3


class SmState(msgspec.Struct, frozen=True, kw_only=True):
    """What the public file tells of a key."""

    number: int
    kid: str
    made_at: str
    retired_at: str = ""
    distrusted: bool = False


class SmSigner(msgspec.Struct, frozen=True):
    kid: str
    private: PrivateKey


class SmRing:
    """The newest signs; the private part of the others is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: tuple[str, SmSigner] | None = None

    def signer(self) -> SmSigner:
        """The key that signs; the first is made here. Read again only when it changed."""
        known = self.states()
        if not known:
            self._make(1)
            known = self.states()
        now = known[-1]
        if self._loaded is None or self._loaded[0] != now.kid:
            text = (self.folder / f"{now.number:06d}.key").read_bytes()
            self._loaded = (now.kid, SmSigner(now.kid, PrivateKey.from_pem(text)))
        return self._loaded[1]

    def states(self) -> tuple[SmState, ...]:
        paths = sorted(self.folder.glob("[0-9]*.json"))
        return tuple(msgspec.json.decode(path.read_bytes(), type=SmState) for path in paths)

    def run_out(self, state: SmState) -> bool:
        """Seals last: what a retired key signed is checked for as long as it is shown."""
        return False

    def rotate(self, *, distrust: bool = False) -> SmState:
        """A new key signs; with ``distrust`` nothing of the old one is believed any longer."""
        self.signer()
        old = self.states()[-1]
        self._make(old.number + 1)
        at = clock.now().isoformat()
        told = msgspec.structs.replace(old, retired_at=at, distrusted=distrust)
        self._write(f"{old.number:06d}.json", msgspec.json.encode(told))
        (self.folder / f"{old.number:06d}.key").unlink()
        return self.states()[-1]

    def _make(self, number: int) -> None:
        """The private part first. Two who begin at once: the first file wins, both then read it."""
        private = generate()
        kid = sm3(private.public_key().point).hex()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{number:06d}.key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            kid = sm3(PrivateKey.from_pem(path.read_bytes()).public_key().point).hex()
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(private.to_pem())
                os.fsync(file.fileno())
        state = SmState(number=number, kid=kid, made_at=clock.now().isoformat())
        self._write(f"{number:06d}.json", msgspec.json.encode(state))

    def _write(self, name: str, data: bytes) -> None:
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_bytes(data)
        draft.replace(self.folder / name)


@cache
def _ring(folder: Path) -> SmRing:
    return SmRing(folder)


def sm_ring(purpose: str) -> SmRing:
    return _ring(Path(settings.PENGCHENG_HOME) / "keys" / "sm2" / purpose)
