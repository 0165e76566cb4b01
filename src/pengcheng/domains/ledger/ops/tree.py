"""The tree in the database: read by subtree, grown by leaves, a tile at a time."""

import hashlib
from functools import lru_cache

from django.db.transaction import get_connection

from pengcheng.domains.ledger.models import Tile
from pengcheng.domains.ledger.rules.tiles import HASH, HEIGHT, WIDTH

_PREFIX = hashlib.sha256(b"\x01")
"""Begun once: a copy of it costs half of what a new one does, and a tile takes 255."""


@lru_cache(maxsize=1024)
def pyramid(hashes: bytes) -> tuple[tuple[bytes, ...], ...]:
    """Every complete subtree within a tile, by height; kept by content, so never stale."""
    row, begun = hashes, _PREFIX.copy
    found = [_cut(row)]
    while len(row) > HASH:
        pairs = []
        for at in range(0, len(row) - HASH, 2 * HASH):
            node = begun()
            node.update(row[at : at + 2 * HASH])
            pairs.append(node.digest())
        found.append(tuple(pairs))
        row = b"".join(pairs)
    return tuple(found)


def _cut(row: bytes) -> tuple[bytes, ...]:
    return tuple([row[at : at + HASH] for at in range(0, len(row), HASH)])


def stored(level: int, number: int) -> bytes:
    """A tile's hashes."""
    return _stored([(level, number)]).get((level, number), b"")


def _stored(places: list[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Several tiles by one statement; without the ORM, for a proof reads several."""
    where = " OR ".join(["(level = %s AND number = %s)"] * len(places))
    asked = f"SELECT level, number, hashes FROM ledger_tile WHERE {where}"  # noqa: S608
    with get_connection().cursor() as cursor:
        cursor.execute(asked, [part for place in places for part in place])
        return {(row[0], row[1]): bytes(row[2]) for row in cursor.fetchall()}


class Tree:
    """Tiles are fetched once each; a subtree within a tile is hashed from the tile's own row."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._changed: set[tuple[int, int]] = set()

    def read(self, height: int, number: int) -> bytes:
        """The hash of a complete subtree."""
        level, above = divmod(height, HEIGHT)
        tile, place = divmod(number, WIDTH >> above)
        found = pyramid(self.tile(level, tile))
        if above >= len(found) or place >= len(found[above]):
            raise LookupError(f"the log has no subtree {number} of height {height}")
        return found[above][place]

    def towards(self, index: int, size: int) -> "Tree":
        """Fetch at once what the proof of a leaf reads: the tiles above it and at the edge."""
        places, level = set(), 0
        while not level or size >> HEIGHT * level:
            above = HEIGHT * (level + 1)
            places |= {(level, index >> above), (level, size >> above)}
            level += 1
        self._tiles = dict.fromkeys(places, b"") | _stored(sorted(places))
        return self

    def tile(self, level: int, number: int) -> bytes:
        known = self._tiles.get((level, number))
        if known is None:
            known = self._tiles[level, number] = stored(level, number)
        return known

    def add(self, leaves: list[bytes], size: int) -> None:
        """Put the leaf hashes behind the ``size`` that are there; full tiles go up a level."""
        level, place, hashes = 0, size, leaves
        while hashes:
            full = self._fill(level, place, hashes)
            hashes = [self._top(level, number) for number in full]
            level, place = level + 1, place // WIDTH

    def save(self) -> None:
        """Write what was added."""
        known = {
            (row.level, row.number): row
            for row in Tile.objects.filter(
                level__in={level for level, _ in self._changed},
                number__in={number for _, number in self._changed},
            )
        }
        fresh, grown = [], []
        for place in sorted(self._changed):
            row = known.get(place)
            if row is None:
                fresh.append(Tile(level=place[0], number=place[1], hashes=self._tiles[place]))
            else:
                row.hashes = self._tiles[place]
                grown.append(row)
        Tile.objects.bulk_create(fresh, batch_size=200)
        Tile.objects.bulk_update(grown, ["hashes"], batch_size=200)
        self._changed.clear()

    def _fill(self, level: int, place: int, hashes: list[bytes]) -> list[int]:
        """Answers the tiles that became full."""
        full, at = [], 0
        while at < len(hashes):
            number, width = divmod(place + at, WIDTH)
            part = hashes[at : at + WIDTH - width]
            kept = self.tile(level, number)[: width * HASH]
            self._tiles[level, number] = kept + b"".join(part)
            self._changed.add((level, number))
            at += len(part)
            if width + len(part) == WIDTH:
                full.append(number)
        return full

    def _top(self, level: int, number: int) -> bytes:
        """The one hash over a full tile."""
        return pyramid(self._tiles[level, number])[HEIGHT][0]
