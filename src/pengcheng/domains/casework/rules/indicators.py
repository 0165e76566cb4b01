"""The lists of indicators, by version, and how a bad rating is answered."""

import tomllib
from pathlib import Path

import msgspec

from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.casework.contracts.ratings import Channel, Tag

HERE = Path(__file__).parent
PREFIX = "rating-indicators-"


class Loop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits in working days, and who supervises whom."""

    verify_days: int
    mend_days: int
    reply_days: int
    warn_days: int
    supervisors: str
    supervisors_en: str
    groups: dict[str, str]

    def supervisors_of(self, group: str) -> str:
        return self.groups.get(group, self.supervisors)

    @property
    def all_supervisors(self) -> frozenset[str]:
        return frozenset({self.supervisors, *self.groups.values()})


def _read(path: Path) -> tuple[str, tuple[Tag, ...]]:
    table = tomllib.loads(path.read_text("utf-8"))
    tags = [{**row, "label": Label(row.pop("zh"), row.pop("en"))} for row in table["tag"]]
    return table["version"], msgspec.convert(tags, tuple[Tag, ...])


def _versions() -> dict[str, tuple[Tag, ...]]:
    return dict(_read(path) for path in sorted(HERE.glob(f"{PREFIX}*.toml")))


LISTS = _versions()
PRESENT = max(LISTS)
LOOP = msgspec.convert(tomllib.loads((HERE / "rating-loop.toml").read_text("utf-8")), Loop)


def tags_for(channel: Channel, grade: int | None = None) -> tuple[Tag, ...]:
    """What can be ticked in this channel, for this grade."""
    return tuple(
        tag
        for tag in LISTS[PRESENT]
        if channel in tag.channels and (grade is None or grade in tag.grades)
    )


def tags_named(version: str, ids: tuple[str, ...]) -> tuple[Tag, ...]:
    """The tags as they read when they were ticked."""
    return tuple(tag for tag in LISTS.get(version, ()) if tag.id in ids)


def tag_label(id_: str) -> Label:
    """The newest wording of a tag."""
    for version in sorted(LISTS, reverse=True):
        for tag in LISTS[version]:
            if tag.id == id_:
                return tag.label
    return Label(id_, id_)
