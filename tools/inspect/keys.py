"""The keys that the city can make and those of the threat model are the same: each has a row that
says what it protects and how it is changed, and no row names one that does not exist.

Asked by the check of the documents.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.inspect.code import calls, domains, python_files, source, text_argument, where

MODEL = "THREAT_MODEL.md"
FILES = {"master": "secret.key", "sessions": "session.key", "broker": "broker.key"}
NAME = re.compile(r"`(keys/[a-z0-9/-]+|[a-z]+\.key)`")
ROTATED = re.compile(r"`pengcheng keys rotate ([a-z0-9-]+)")
ALGORITHM = re.compile(r"\((ES256|Ed25519|SM2)\)")
OPENED = re.compile(r"\bring\(")
FIXED = "secret.key"  # the one that cannot be changed while the city runs


@dataclass(frozen=True)
class Row:
    """A line of the table: the keys it is about, and its cells."""

    names: tuple[str, ...]
    cells: tuple[str, ...]


def disagreements(root: Path) -> list[str]:
    """What the threat model and the code say differently of the keys."""
    path = root / MODEL
    if not path.exists():
        return []
    rows, known = list(table(path.read_text("utf-8"))), declared(root)
    named = [name for row in rows for name in row.names]
    found = [f"{MODEL}: no row for {name}" for name in sorted(set(known) - set(named))]
    found += [
        f"{MODEL}: two rows for {name}" for name in sorted(set(named)) if named.count(name) > 1
    ]
    made = rings(root)
    for row in rows:
        found += [f"{MODEL}: there is no key {name}" for name in row.names if name not in known]
        found += [f"{MODEL}: {row.names[0]}: {fault}" for fault in _faults(row, known, made)]
    purposes = set(known.values())
    found += [f"{place}: the ring {name} is in no manifest" for name, (_, place) in made.items()
              if name not in purposes]  # fmt: skip
    return found


def table(text: str) -> Iterator[Row]:
    """The rows below "The keys" that name keys of ours; others are of keys that others hold."""
    part = text.partition("\n## The keys\n")[2].partition("\n## ")[0]
    for line in part.splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        names = tuple(NAME.findall(re.sub(r"\(until[^)]*\)", "", cells[0])))
        if line.startswith("|") and names:
            yield Row(names, cells)


def declared(root: Path) -> dict[str, str]:
    """The name of each key in the table, and its purpose."""
    known = {FILES[purpose]: purpose for purpose in FILES}
    for domain in domains(root):
        for key in domain.manifest.get("key", []):
            folder = "keys/sm2" if ".sm" in key.get("keeper", "") else "keys"
            known[f"{folder}/{key['purpose']}"] = key["purpose"]
    return known


def rings(root: Path) -> dict[str, tuple[str, str]]:
    """The rings that code opens by name: algorithm, and where; those of seals stand in a table."""
    found = {}
    for path in python_files(source(root)):
        if not OPENED.search(path.read_text("utf-8")):
            continue  # most files: they need not be parsed
        for call, name in calls(path):
            purpose = text_argument(call, 0) if name.rsplit(".", 1)[-1] == "ring" else ""
            if purpose:
                found[purpose] = (text_argument(call, 1), where(root, path, call.lineno))
    for path in sorted((source(root) / "domains").glob("*/data/seals.toml")):
        for seal in tomllib.loads(path.read_text("utf-8")).get("seal", []):
            found.setdefault(seal["ring"], ("ES256", where(root, path)))
    return found


def _faults(row: Row, known: dict[str, str], made: dict[str, tuple[str, str]]) -> Iterator[str]:
    if len(row.cells) != 4 or not all(row.cells):
        yield "says not what it protects, who has it, or how it is changed"
        return
    own = {known[name] for name in row.names if name in known}
    told = set(ROTATED.findall(row.cells[3]))
    if row.names[0] != FIXED and not told & own:
        yield "says not by which `pengcheng keys rotate` it is changed"
    yield from (f"rotates {name}, which is none of its keys" for name in sorted(told - own))
    algorithms = set(ALGORITHM.findall(row.cells[0]))
    used = {made[name][0] for name in own if name in made} - {""}
    if used and algorithms != used:
        yield f"signs by {', '.join(sorted(used))}"
