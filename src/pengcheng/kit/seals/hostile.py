"""Zip and XML of strangers: bounded before they are read, and nothing outside is looked at."""

from __future__ import annotations

import posixpath
import stat
import zipfile
from io import BytesIO
from zlib import error as ZlibError

from lxml import etree

from pengcheng.kit.seals.findings import Unreadable

MOST_FILES = 1_000
MOST_BYTES = 100 * 2**20
MOST_RATIO = 200
SMALL = 2**20
"""A ratio says nothing of small files."""
DEEPEST_NAME = 12


def unzipped(content: bytes) -> dict[str, bytes]:
    """Every file by its path. Raises Unreadable."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            _judge(entries)
            return _read(packed, entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ZlibError, EOFError) as error:
        raise Unreadable("not_readable") from error
    except (ValueError, OSError, UnicodeError) as error:
        raise Unreadable("not_readable") from error


def _judge(entries: list[zipfile.ZipInfo]) -> None:
    names = [one.filename for one in entries]
    if len(entries) > MOST_FILES:
        raise Unreadable("bomb")
    if len({name.casefold() for name in names}) != len(names):
        raise Unreadable("twice")
    for one in entries:
        link = stat.S_ISLNK(one.external_attr >> 16)
        if link or not _inside(one.filename):
            raise Unreadable("traversal")
        if one.flag_bits & 1:
            raise Unreadable("encrypted")


def _inside(name: str) -> bool:
    parts = name.split("/")
    strange = "\\" in name or ":" in name or not name.isprintable() or name.startswith("/")
    return not strange and len(parts) <= DEEPEST_NAME and not {"", ".", ".."} & set(parts)


def _read(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """What the index says of sizes is the stranger's word: counted is what comes out."""
    left, found = MOST_BYTES, {}
    for one in entries:
        with packed.open(one) as file:
            data = file.read(left + 1)
        left -= len(data)
        packed_size = max(one.compress_size, 1)
        if left < 0 or (len(data) > SMALL and len(data) > MOST_RATIO * packed_size):
            raise Unreadable("bomb")
        found[one.filename] = data
    return found


def inside(base: str, place: str) -> str:
    """A place named in a file, as a path from the root. Raises Unreadable for one outside."""
    joined = place.lstrip("/") if place.startswith("/") else posixpath.join(base, place)
    path = posixpath.normpath(joined)
    if path.startswith("..") or not _inside(path):
        raise Unreadable("traversal")
    return path


def xml(content: bytes) -> etree._Element:
    """The root element. Document types, entities and outside references are refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = "entities" if "ntit" in str(error) else "not_readable"
        raise Unreadable(reason) from error
    tree = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise Unreadable("entities")
    return root
