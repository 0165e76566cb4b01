"""The security papers name tests and chapters that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ("THREAT_MODEL.md", "SECURITY.md", "docs/asvs.md", "docs/settings.md")
STATES = {"done", "partly", "open", "n/a"}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_path_named_exists(paper: str) -> None:
    text = (ROOT / paper).read_text("utf-8")
    named = set(re.findall(r"`((?:tests|src|docs|requirements)/?[\w/.-]*)`", text))
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_leads_somewhere(paper: str) -> None:
    text = (ROOT / paper).read_text("utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link}
    assert {link for link in links if not (ROOT / paper).parent.joinpath(link).exists()} == set()


def test_the_ledger_has_every_chapter_with_a_state() -> None:
    rows = re.findall(r"^\| V(\d+) [^|]+\| ([^|]+) \|", (ROOT / PAPERS[2]).read_text("utf-8"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    assert {state for _, state in rows} <= STATES


def test_what_is_not_done_says_what_is_missing() -> None:
    rows = re.findall(r"^\| (V\d+) .*$", (ROOT / PAPERS[2]).read_text("utf-8"), re.M)
    lines = [
        line.strip("| ").split(" | ")
        for line in (ROOT / PAPERS[2]).read_text("utf-8").splitlines()
        if re.match(r"\| V\d+ ", line)
    ]
    assert len(lines) == len(rows)
    assert [cells[0] for cells in lines if cells[1] in {"partly", "open"} and cells[3] == "–"] == []
