"""Files that people hand in: looked into before they are kept, kept under the hash of their bytes.

The folder lies outside everything that is served; a file goes out again only through a page that
asks for a right, and always as a download.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import IO, Any

import filetype
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from msgspec import Struct

MAX_BYTES = 5 * 2**20
ENDINGS = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
_CHUNK = 64 * 1024
_SNIFF = 8 * 1024

EMPTY = gettext_noop("The file is empty. Choose another one.")
TOO_LARGE = gettext_noop("The file is larger than 5 MB. Choose a smaller one.")
WRONG_KIND = gettext_noop("The file must be a PDF, JPG or PNG.")
DISAGREES = gettext_noop("The file's content is not what its name says. Choose another one.")


class UploadRefused(Exception):
    """A file that is not taken, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def message(self) -> str:
        return _(self.reason)


class Checked(Struct, frozen=True):
    """A file that may be kept."""

    name: str
    media_type: str
    size: int
    sha256: str


def check(name: str, file: IO[bytes] | Any) -> Checked:
    """Look at size, ending and content. Raises UploadRefused. The file is left at its start."""
    size = _size(file)
    if size == 0:
        raise UploadRefused(EMPTY)
    if size > MAX_BYTES:
        raise UploadRefused(TOO_LARGE)
    named = ENDINGS.get(PurePath(name).suffix.lower())
    if named is None:
        raise UploadRefused(WRONG_KIND)
    file.seek(0)
    guess = filetype.guess(file.read(_SNIFF))
    if guess is None or guess.mime != named:
        raise UploadRefused(DISAGREES)
    return Checked(safe_name(name), named, size, _hash(file))


def safe_name(name: str) -> str:
    """The name as it is shown and sent back: no folders, no control characters, not too long."""
    base = PurePath(name.replace("\\", "/")).name
    kept = "".join(char for char in base if char.isprintable() and char not in '"<>|:*?;')
    stem, ending = os.path.splitext(kept.strip())
    return f"{stem[:80] or 'file'}{ending.lower()[:8]}"


def _size(file: Any) -> int:
    file.seek(0, os.SEEK_END)
    size: int = file.tell()
    return size


def _chunks(file: Any) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _hash(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def place(folder: Path, sha256: str) -> Path:
    """Where the file with this hash lies."""
    return folder / sha256[:2] / sha256


def keep(folder: Path, file: Any, checked: Checked) -> Path:
    """Write the file once, whole or not at all, readable by its owner only."""
    target = place(folder, checked.sha256)
    if target.exists():
        target.touch()  # young again, so that no sweep takes it before it is named
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(f".{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        for chunk in _chunks(file):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)
    return target


def whole(folder: Path, sha256: str) -> Path | None:
    """The kept file if its bytes are still what they were, else None."""
    target = place(folder, sha256)
    if not target.is_file():
        return None
    with target.open("rb") as file:
        return target if _hash(file) == sha256 else None
