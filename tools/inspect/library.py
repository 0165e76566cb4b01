"""Each built item is whole: its form asks what its table needs, each rule has words and a source.

A rule rests on words that the item really has, or says that it is ours (`demo = true`).
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pengcheng.domains.services.rules.origins import WORDS, origin_question
from pengcheng.kit.dmn import ModelError, load_model

DATA = "src/pengcheng/domains/services/data"
ITEMS = "src/pengcheng/demo/shenzhen/services/items.jsonl.gz"
OUTCOMES = {"instant": {"granted", "refused", "review"}, "human": {"review"}}


def check(root: Path) -> list[str]:
    data = root / DATA
    if not (data / "library.toml").exists():
        return []
    rows = tomllib.loads((data / "library.toml").read_text("utf-8"))["item"]
    found = [f"{row['form']}: {text}" for row in rows for text in _item(root, row)]
    built = {row["form"] for row in rows}
    lost = {path.stem for path in (data / "decisions").glob("*.dmn")} - built
    return found + [f"{name}: has a table and is not in the library" for name in sorted(lost)]


def _item(root: Path, row: dict[str, Any]) -> Iterator[str]:
    data = root / DATA
    path = data / "forms" / f"{row['form']}.json"
    if not path.exists():
        yield "has no form"
        return
    form = json.loads(path.read_text("utf-8"))
    words = _source_words(root).get(form.get("about", ""))
    if words is None:
        yield f"{form.get('about')} is no item of the catalogue"
    if row["way"] == "instant" and not form.get("decision"):
        yield "is instant and has no table"
    if form.get("decision"):
        yield from _table(data / "decisions", form, OUTCOMES[row["way"]], words or "")


def _table(folder: Path, form: dict[str, Any], outcomes: set[str], words: str) -> Iterator[str]:
    name = form["decision"]
    dmn = (folder / f"{name}.dmn").read_bytes()
    told = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    try:
        model = load_model(dmn, strict=True)
    except ModelError as error:
        yield f"{name}.dmn: {error}"
        return
    if set(model.inputs) != set(told["inputs"]):
        yield f"inputs differ: {sorted(set(model.inputs) ^ set(told['inputs']))}"
    yield from _inputs(form, told["inputs"])
    yield from _rules(dmn, told["rule"], outcomes)
    for rule in told["rule"]:
        yield from _words(rule, words)


def _inputs(form: dict[str, Any], inputs: dict[str, str]) -> Iterator[str]:
    asked = {question["id"] for page in form["pages"] for question in page["questions"]}
    for name, origin in inputs.items():
        if origin.partition(":")[0] not in WORDS:
            yield f"input {name}: no such origin as {origin}"
        elif origin_question(origin) and origin_question(origin) not in asked:
            yield f"input {name}: the form does not ask {origin_question(origin)!r}"


def _rules(dmn: bytes, told: list[dict[str, Any]], outcomes: set[str]) -> Iterator[str]:
    """The rules of the table are those with words, and the last one takes whatever is left."""
    rows = [e for e in ElementTree.fromstring(dmn).iter() if _local(e) == "rule"]  # noqa: S314
    if [row.get("id") for row in rows] != [rule["id"] for rule in told]:
        yield "the rules of the table and those with words differ"
    for row in rows:
        entries = [(_local(e), "".join(e.itertext()).strip()) for e in row]
        outcome = next(text for kind, text in entries if kind == "outputEntry").strip('"')
        if outcome not in outcomes:
            yield f"rule {row.get('id')}: the outcome {outcome} is not for items of this kind"
    if rows and any(t != "-" for kind, t in entries if kind == "inputEntry"):
        yield "the last rule does not take what is left"


def _words(rule: dict[str, Any], words: str) -> Iterator[str]:
    if not (rule.get("zh") and rule.get("en")):
        yield f"rule {rule['id']}: words are missing in one language"
    if bool(rule.get("source")) == bool(rule.get("demo")):
        yield f"rule {rule['id']}: name its source, or say that it is ours; not both"
    if rule.get("source") and _bare(rule["source"]) not in words:
        yield f"rule {rule['id']}: the item does not say {rule['source']!r}"


@cache
def _source_words(root: Path) -> dict[str, str]:
    """What each item of the catalogue says, without spaces."""
    with gzip.open(root / ITEMS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["TASK_CODE"]: _bare(json.dumps(row, ensure_ascii=False)) for row in rows}


def _bare(text: str) -> str:
    return re.sub(r"\\n|\\r|\\t|\s", "", text)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
