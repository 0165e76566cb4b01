"""Where the demo city's data comes from, read from the SOURCE.toml beside each file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

DEMO = Path(__file__).resolve().parents[2] / "demo"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One file of foreign data as its SOURCE.toml tells it."""

    file: str
    zh: str
    en: str
    name: str
    origin: str
    url: str
    licence: str
    attribution: str
    as_of: str
    commit: str
    changed: tuple[str, ...]
    folder: str

    def title(self, language: str) -> str:
        """The name in the reader's language."""
        return (self.en if language == "en" else self.zh) or self.name or self.file


@cache
def sources(root: Path = DEMO) -> tuple[Source, ...]:
    """Every file named by a SOURCE.toml, folder by folder; read once."""
    return tuple(
        _source(entry, path.parent.name)
        for path in sorted(root.rglob("SOURCE.toml"))
        for entry in _entries(tomllib.loads(path.read_text("utf-8")))
    )


def _entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A SOURCE.toml holds one file at its top level or a list of them."""
    shared = {key: value for key, value in document.items() if not isinstance(value, list | dict)}
    for listing in ("file", "source", "files", "sources"):
        if isinstance(document.get(listing), list):
            return [{**shared, **entry} for entry in document[listing]]
    return [document]


def _source(entry: dict[str, Any], folder: str) -> Source:
    def first(*keys: str) -> str:
        return next((str(entry[key]) for key in keys if entry.get(key)), "")

    origin, repository = first("origin"), first("repository")
    return Source(
        file=first("file", "path"),
        zh=first("zh", "name_zh"),
        en=first("en", "name_en", "name"),
        name=first("name", "repository"),
        origin=origin or repository,
        url=_web_address(first("origin_url", "url"), origin, repository),
        licence=first("licence", "license"),
        attribution=first("attribution"),
        as_of=first("as_of", "date"),
        commit=first("commit"),
        changed=_lines(entry.get("changed") or entry.get("changes") or ()),
        folder=folder,
    )


def _web_address(*candidates: str) -> str:
    """The first that a browser can open; a bare owner/name is none."""
    words = (word.strip(".,;()") for text in candidates for word in text.split())
    return next((word for word in words if urlsplit(word).scheme in {"http", "https"}), "")


def _lines(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)
