"""The lists that this city trusts: signed files in its home, each with its operator's certificate.

They are read anew, signature and all, when the folder has changed; who alters a file takes it out
of force, and cannot put anything in.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from pengcheng.kernel import clock
from pengcheng.kit.trust import lists
from pengcheng.kit.trust.lists import ListError, TrustList


class Kept(msgspec.Struct, frozen=True):
    """A list in force, or why it is not."""

    territory: str
    list: TrustList | None
    trouble: str = ""

    @property
    def current(self) -> bool:
        return self.list is not None and clock.now() < self.list.next_update


class Store:
    """One list a territory; the newest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamp: tuple[int, ...] = ()
        self._kept: tuple[Kept, ...] = ()

    def kept(self) -> tuple[Kept, ...]:
        paths = sorted(self.folder.glob("*.xml")) if self.folder.is_dir() else []
        stamp = tuple(os.stat(path).st_mtime_ns + os.stat(path).st_size for path in paths)
        if stamp != self._stamp or len(stamp) != len(self._kept):
            self._kept, self._stamp = tuple(map(self._read, paths)), stamp
        return self._kept

    def take(self, data: bytes, operator_pem: bytes) -> TrustList:
        """Put a list in force. Raises ListError: unsigned, out of date, older, of others."""
        operator = certificate(operator_pem)
        found = lists.read(data, operator)
        if found.next_update <= clock.now() or found.issued > clock.now():
            raise ListError("time", "the list is out of date, or of the future")
        pinned = self.folder / f"{found.territory}.pem"
        if pinned.exists() and certificate(pinned.read_bytes()) != operator:
            raise ListError("operator", "this territory's list has another operator")
        before = next((one.list for one in self.kept() if one.territory == found.territory), None)
        if before is not None and found.sequence <= before.sequence:
            raise ListError("sequence", "a list as new or newer is in force")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(pinned, operator.public_bytes(Encoding.PEM))
        self._write(self.folder / f"{found.territory}.xml", data)
        return found

    def drop(self, territory: str) -> bool:
        """Trust it no more; its operator is forgotten too."""
        found = next((one for one in self.kept() if one.territory == territory), None)
        if found is None:
            return False
        for ending in ("xml", "pem"):
            (self.folder / f"{found.territory}.{ending}").unlink(missing_ok=True)
        return True

    def _read(self, path: Path) -> Kept:
        try:
            operator = certificate(path.with_suffix(".pem").read_bytes())
            return Kept(path.stem, lists.read(path.read_bytes(), operator))
        except (ListError, OSError) as error:
            return Kept(path.stem, None, str(error))

    def _write(self, path: Path, data: bytes) -> None:
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(data)
        draft.replace(path)


def certificate(pem: bytes) -> x509.Certificate:
    """Raises ListError."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise ListError("certificate", "this is no certificate in PEM") from error


@cache
def _store(folder: Path) -> Store:
    return Store(folder)


def store() -> Store:
    """The city's own."""
    return _store(Path(settings.PENGCHENG_HOME) / "trust")
