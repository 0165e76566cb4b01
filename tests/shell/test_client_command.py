"""`pengcheng client`: applications entered at the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pengcheng.shell.cli.root import main

pytestmark = pytest.mark.django_db


def test_an_application_is_added_listed_given_a_new_secret_and_removed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        main(["client", "add", "轮渡（虚构）", "--redirect", "https://a.example/x", "--json"]) == 0
    )
    made = json.loads(capsys.readouterr().out)
    own = made["client"]["id"]
    assert made["secret"].startswith("pcs_")
    assert main(["client", "list", "--json"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)] == [own]
    assert main(["client", "list"]) == 0
    assert main(["client", "secret", own]) == 0
    assert main(["client", "invite"]) == 0
    assert "pci_" in capsys.readouterr().out
    assert main(["client", "remove", own, "--yes"]) == 0
    assert main(["client", "remove", own, "--yes"]) == 1


def test_a_wrong_application_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["client", "add", "x", "--redirect", "http://a.example/"]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    keys = tmp_path / "keys.json"
    keys.write_text("{")
    with keys.open():
        command = ["client", "add", "x", "--redirect", "https://a.example/", "--jwks", str(keys)]
        assert main(command) == 1
