"""An OCFL 1.1 storage root: objects that can be read with a text editor.

An object is written beside its place and moved in at once, so that a crash leaves all of it or
nothing. What is archived does not change: each object has one version.
Layout: extension 0003-hash-and-id-n-tuple-storage-layout with its defaults.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

DIGEST = "sha512"
LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
SPEC = "https://ocfl.io/1.1/spec/#inventory"
OTHER = re.compile(r"[^A-Za-z0-9_-]")
DEFAULTS = {
    "extensionName": LAYOUT,
    "digestAlgorithm": "sha256",
    "tupleSize": 3,
    "numberOfTuples": 3,
}
DESCRIPTION = {"extension": LAYOUT, "description": "Three tuples of the SHA-256, then the id"}


class Missing(LookupError):
    """The store has no such object."""


class Damaged(ValueError):
    """An object cannot be read as it was written."""


class Exists(ValueError):
    """The store has an object of that name."""


@dataclass(frozen=True)
class VersionInfo:
    """Why an object was made, by whom and when."""

    at: datetime
    message: str
    user: str
    address: str  # a URI that names the user


class Store:
    """The objects below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self) -> None:
        """Make the root if it is not there."""
        if (self.root / "0=ocfl_1.1").is_file():
            return
        config = self.root / "extensions" / LAYOUT
        config.mkdir(parents=True, exist_ok=True, mode=0o700)
        (config / "config.json").write_text(_json(DEFAULTS))
        (self.root / "ocfl_layout.json").write_text(_json(DESCRIPTION))
        (self.root / "0=ocfl_1.1").write_text("ocfl_1.1\n")

    def folder(self, object_id: str) -> Path:
        """Where an object is kept: its id with all but letters, digits, - and _ as %xx."""
        name = hashlib.sha256(object_id.encode()).hexdigest()
        own = OTHER.sub(_percent, object_id)
        own = own if len(own) <= 100 else f"{own[:100]}-{name}"
        return self.root / name[0:3] / name[3:6] / name[6:9] / own

    def put(self, object_id: str, files: Mapping[str, bytes], info: VersionInfo) -> None:
        """Keep these files as an object. Raises Exists."""
        self.begin()
        place = self.folder(object_id)
        if place.exists():
            raise Exists(object_id)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        try:
            _write(made, object_id, files, info)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(made, place)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def inventory(self, object_id: str) -> dict[str, Any]:
        """The object's inventory, held against its side-car. Raises Missing or Damaged."""
        place = self.folder(object_id)
        try:
            text = (place / "inventory.json").read_bytes()
            told = (place / f"inventory.json.{DIGEST}").read_text().split()[0]
        except (FileNotFoundError, IndexError) as error:
            raise Missing(object_id) from error
        if hashlib.new(DIGEST, text).hexdigest() != told:
            raise Damaged("inventory.json has changed")
        found: dict[str, Any] = json.loads(text)
        return found

    def read(self, object_id: str) -> dict[str, bytes]:
        """The files of the newest version. Raises Missing or Damaged."""
        inventory = self.inventory(object_id)
        state = inventory["versions"][inventory["head"]]["state"]
        files: dict[str, bytes] = {}
        for digest, paths in state.items():
            content = self._content(object_id, inventory["manifest"][digest][0], digest)
            files |= dict.fromkeys(paths, content)
        return files

    def _content(self, object_id: str, path: str, digest: str) -> bytes:
        try:
            content = (self.folder(object_id) / path).read_bytes()
        except FileNotFoundError as error:
            raise Damaged(f"{path} is missing") from error
        if hashlib.new(DIGEST, content).hexdigest() != digest:
            raise Damaged(f"{path} has changed")
        return content

    def faults(self, object_id: str) -> list[str]:
        """What is wrong with an object in any of its versions; empty when nothing is."""
        try:
            inventory = self.inventory(object_id)
        except Missing:
            return ["the object is missing"]
        except Damaged as problem:
            return [str(problem)]
        found = []
        for digest, paths in sorted(inventory["manifest"].items()):
            for path in paths:
                try:
                    self._content(object_id, path, digest)
                except Damaged as problem:
                    found.append(str(problem))
        return found

    def remove(self, object_id: str) -> None:
        """Destroy an object with all versions. Raises Missing."""
        place = self.folder(object_id)
        if not place.exists():
            raise Missing(object_id)
        gone = Path(tempfile.mkdtemp(prefix=".gone-", dir=self.root))
        os.replace(place, gone / "object")
        shutil.rmtree(gone)
        for parent in list(place.parents)[:3]:
            if any(parent.iterdir()):
                break
            parent.rmdir()


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in found[0].encode())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _write(made: Path, object_id: str, files: Mapping[str, bytes], info: VersionInfo) -> None:
    manifest: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    for path, content in sorted(files.items()):
        digest = hashlib.new(DIGEST, content).hexdigest()
        state.setdefault(digest, []).append(path)
        if digest not in manifest:  # the same content is kept once
            target = made / "v1" / "content" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            manifest[digest] = [f"v1/content/{path}"]
    version = {
        "created": info.at.isoformat(timespec="seconds"),
        "message": info.message,
        "state": state,
        "user": {"name": info.user, "address": info.address},
    }
    inventory = {"id": object_id, "type": SPEC, "digestAlgorithm": DIGEST, "head": "v1"}
    (made / "v1").mkdir(exist_ok=True)
    for folder in (made / "v1", made):
        _seal(folder, {**inventory, "manifest": manifest, "versions": {"v1": version}})
    (made / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n")


def _seal(folder: Path, inventory: dict[str, Any]) -> None:
    text = _json(inventory).encode()
    (folder / "inventory.json").write_bytes(text)
    digest = hashlib.new(DIGEST, text).hexdigest()
    (folder / f"inventory.json.{DIGEST}").write_text(f"{digest} inventory.json\n")
