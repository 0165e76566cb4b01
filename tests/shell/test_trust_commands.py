"""`pengcheng trust` and `pengcheng ledger` at the terminal, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.ledger import api as ledger
from pengcheng.domains.ledger.api import contracts
from pengcheng.domains.trust import api as trust
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.shell.cli.root import main

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CITY = system_context("tests")


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PENGCHENG_HOME = tmp_path
    monkeypatch.chdir(tmp_path)


def test_a_list_is_made_taken_over_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "simulate", "made"]) == 0
    assert main(["trust", "import", "made/HK.xml", "made/HK-operator.pem"]) == 0
    assert "in force: Hong Kong trusted list" in capsys.readouterr().out
    assert main(["trust", "list", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["territory"], found["current"]) == ("HK", True)
    assert main(["trust", "list"]) == 0
    assert "HK" in capsys.readouterr().out
    text = Path("made/HK-document.txt").read_text()
    assert trust.judge_document(context=anonymous_context(), text=text).trusted


@pytest.mark.parametrize("spoiled", ["made/HK.xml", "made/HK-operator.pem"])
def test_a_spoiled_list_is_refused_in_one_line(
    spoiled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trust", "simulate", "made"]) == 0
    Path(spoiled).write_bytes(b"\x00 not this")
    assert main(["trust", "import", "made/HK.xml", "made/HK-operator.pem"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert trust.listed(context=CITY) == ()


def test_the_log_is_recomputed(capsys: pytest.CaptureFixture[str]) -> None:
    ledger.append_many(context=CITY, kind="bench.entry", digests=["ab" * 32, "cd" * 32])
    ledger.integrate(context=CITY)
    capsys.readouterr()
    assert main(["ledger", "verify"]) == 0
    said = capsys.readouterr().out
    assert "whole: 2 entries" in said
    head = ledger.checkpoint(context=anonymous_context())
    assert head is not None
    assert head.root in said


def test_witnesses_are_named_and_a_broken_key_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ledger", "witness", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["witnesses"] == found["watched"] == []
    (own, *_) = found["keys"]
    assert main(["ledger", "witness", "add", own, "https://witness.example/"]) == 0
    assert main(["ledger", "witness", "add", "no key", "https://witness.example/"]) == 1
    assert main(["ledger", "witness", "watch", "no key"]) == 1
    assert main(["ledger", "witness", "list"]) == 0
    assert "witness.example" in capsys.readouterr().out


def test_a_reader_is_registered_and_keeps_the_private_half(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ledger", "reader", "court"]) == 0
    assert "court" in capsys.readouterr().out
    kept = Path("court.x25519")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert contracts.readers(context=CITY) == ("court",)
