"""The tree in the database: read by subtree, grown by leaves, a tile at a time."""

from functools import lru_cache

from django.db.transaction import get_connection

from pengcheng.domains.ledger.models import Tile
from pengcheng.domains.ledger.rules.merkle import node_hash
from pengcheng.domains.ledger.rules.tiles import HASH, HEIGHT, WIDTH


@lru_cache(maxsize=1024)
def pyramid(hashes: bytes) -> tuple[tuple[bytes, ...], ...]:
    """Every complete subtree within a tile, by height; kept by content, so never stale."""
    row = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    found = [tuple(row)]
    while len(row) > 1:
        row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=False)]
        found.append(tuple(row))
    return tuple(found)


def stored(level: int, number: int) -> bytes:
    """A tile's hashes; without the ORM, for a proof reads several."""
    with get_connection().cursor() as cursor:
        cursor.execute(
            "SELECT hashes FROM ledger_tile WHERE level = %s AND number = %s", [level, number]
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else b""


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
