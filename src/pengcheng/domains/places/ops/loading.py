"""Loading a folder of divisions and layers; doing it again changes nothing."""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from pengcheng.domains.places.contracts import LEVELS, Loaded
from pengcheng.domains.places.events import DivisionsLoaded
from pengcheng.domains.places.models import Division, Holding
from pengcheng.domains.places.ops import layers, memory
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid

DIVISIONS: Final = "divisions"
_BATCH: Final = 80
_FIELDS: Final = ("name", "name_en", "level", "parent_id", "kind", "official", "managed_with")


class Source(msgspec.Struct, frozen=True):
    """One `[[file]]` of a folder's SOURCE.toml."""

    key: str
    file: str
    zh: str
    en: str
    origin: str
    licence: str
    attribution: str
    datum: str = ""
    changed: str = ""
    as_of: str = ""


class _Sources(msgspec.Struct):
    file: tuple[Source, ...]


def load(context: Context, folder: Path) -> Loaded:
    """Take in what has changed in the folder since the last load, all or nothing."""
    with act(context, "places.division.load", Resource(kind="holding")) as acting:
        known = dict(Holding.objects.values_list("key", "digest"))
        changed, unchanged = [], []
        for source, raw, digest in _read(folder):
            if known.get(source.key) == digest:
                unchanged.append(source.key)
                continue
            _take(source, raw, digest)
            changed.append(source.key)
        if changed:
            acting.emit(DivisionsLoaded(subject="holding/all", changed=tuple(changed)))
        acting.note(changed=changed, unchanged=unchanged)
    memory.forget()
    return Loaded(
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        divisions=Division.objects.count(),
    )


def _read(folder: Path) -> Iterator[tuple[Source, bytes, str]]:
    try:
        listed = msgspec.convert(
            tomllib.loads((folder / "SOURCE.toml").read_text("utf-8")), _Sources
        )
        for source in sorted(listed.file, key=lambda source: source.key != DIVISIONS):
            raw = (folder / source.file).read_bytes()
            digest = hashlib.sha256(raw + msgspec.json.encode(source)).hexdigest()
            yield source, raw, digest
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid(
            code="places.folder.unreadable",
            zh=f"数据目录无法读取：{error}",
            en=f"The data folder cannot be read: {error}",
            next_zh="请检查目录中的 SOURCE.toml 及其所列文件。",
            next_en="Check SOURCE.toml in the folder and the files it lists.",
        ) from error


def _take(source: Source, raw: bytes, digest: str) -> None:
    if source.key == DIVISIONS:
        body, count = None, _take_divisions(raw)
    else:
        features = layers.read_geojson(raw, datum=source.datum, name=source.file)
        body, count = layers.pack(features), len(features)
    Holding.objects.update_or_create(
        key=source.key,
        defaults={
            "title_zh": source.zh,
            "title_en": source.en,
            "origin": source.origin,
            "licence": source.licence,
            "attribution": source.attribution,
            "datum": source.datum,
            "changed": source.changed,
            "as_of": source.as_of,
            "count": count,
            "digest": digest,
            "loaded_at": clock.now(),
            "body": body,
        },
    )


def _take_divisions(raw: bytes) -> int:
    rows = [_row(line) for line in csv.DictReader(io.StringIO(raw.decode("utf-8")))]
    rows.sort(key=lambda row: (LEVELS.index(row.level), not row.official, row.code))
    Division.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.removesuffix("_id") for field in _FIELDS],
    )
    _drop_all_but({row.code for row in rows})
    return len(rows)


def _row(line: dict[str, str]) -> Division:
    return Division(
        code=line["code"],
        name=line["name"],
        name_en=line["name_en"],
        level=line["level"],
        parent_id=line["parent"] or None,
        kind=line["kind"],
        official=line["official"] == "yes",
        managed_with=line["managed_with"],
    )


def _drop_all_but(kept: set[str]) -> None:
    """What a newer list no longer names goes, the smallest first."""
    for level in reversed(LEVELS):
        present = Division.objects.filter(level=level).values_list("code", flat=True)
        gone = [code for code in present if code not in kept]
        for start in range(0, len(gone), _BATCH):
            Division.objects.filter(code__in=gone[start : start + _BATCH]).delete()
