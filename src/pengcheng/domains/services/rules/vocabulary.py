"""The words by which items are sorted: read once from the domain's own data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pengcheng.domains.services.contracts import Term

Kind = Literal["task_type", "audience", "level", "theme"]


def data_bytes(*path: str) -> bytes:
    """A data file that ships with the domain."""
    return files("pengcheng.domains.services").joinpath("data", *path).read_bytes()


@cache
def terms(kind: Kind) -> dict[str, Term]:
    """All terms of a kind by id, in their order."""
    tables = tomllib.loads(data_bytes("vocabulary.toml").decode())
    return {row["id"]: Term(row["id"], row["zh"], row["en"]) for row in tables[kind]}


@cache
def ids_by_zh(kind: Kind) -> dict[str, str]:
    """From the Chinese word of the source to our id."""
    return {term.zh: term.id for term in terms(kind).values()}


def term(kind: Kind, id: str) -> Term:
    """A term; an unknown id stands for itself, so that new data never breaks a page."""
    return terms(kind).get(id) or Term(id, id, id)
