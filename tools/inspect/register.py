"""docs/systems.md is what mission and manifests say; ``--write`` makes it anew."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.inspect.code import source

ROOT = Path(__file__).resolve().parents[2]
HEAD = """# The city's systems

Every system that the policy of 2020 names, by article: how far it is, and its door. Made from the
mission and the domains' manifests by `python -m tools.inspect.register --write`; the command
`pengcheng systems` tells the same of an installation.

*planned*: nothing yet · *partly*: a slice of it works and is held by tests · *done*: all of it.
"""
TABLE = ["", "| art. | id | system | state | door |", "|---|---|---|---|---|"]
MARK = {"planned": "planned 规划中", "partly": "**partly 部分完成**", "done": "**done 已完成**"}


def check(root: Path) -> list[str]:
    page = root / "docs" / "systems.md"
    if page.is_file() and page.read_text("utf-8") == text(root):
        return []
    return ["docs/systems.md is stale: run python -m tools.inspect.register --write"]


def text(root: Path) -> str:
    declared = dict(_declared(root))
    mission = tomllib.loads((source(root) / "shell" / "mission.toml").read_text("utf-8"))
    lines = [HEAD]
    for chapter in mission["chapter"]:
        lines += [
            f"## {chapter['en']} · {chapter['zh']}",
            "",
            "| art. | id | system | state | door |",
        ]
        lines.append("|---|---|---|---|---|")
        lines += [_row(task, declared.get(task["id"])) for task in chapter["systems"]]
        lines.append("")
    return "\n".join(lines)


def _declared(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((source(root) / "domains").glob("*/manifest.toml")):
        for system in tomllib.loads(path.read_text("utf-8")).get("system", []):
            yield system["id"], system


def _row(task: dict[str, Any], system: dict[str, Any] | None) -> str:
    articles = ", ".join(str(article) for article in task["articles"]) or "–"
    state = MARK[system["state"] if system else "planned"]
    door = f"`{system['entry']}`" if system else "–"
    return f"| {articles} | `{task['id']}` | {task['zh']} {task['en']} | {state} | {door} |"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        (ROOT / "docs" / "systems.md").write_text(text(ROOT), "utf-8")
    print("\n".join(check(ROOT)) or "docs/systems.md is up to date")
