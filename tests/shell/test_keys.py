"""`pengcheng keys`: what signs, and the change to a new key."""

from __future__ import annotations

import json

import pytest

from pengcheng.kernel import audit
from pengcheng.kit.keys import ring
from pengcheng.shell.backup.make import take_files
from pengcheng.shell.cli import main
from pengcheng.shell.doctor import machine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def listed(capsys):
    capsys.readouterr()
    assert main(["keys", "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_rotation_is_listed_and_audited(capsys):
    old = ring("trial", "ES256").signer().key.kid
    assert main(["keys", "rotate", "trial"]) == 0
    first, second = listed(capsys)["trial"]
    assert (first["kid"], bool(first["retired_at"]), second["retired_at"]) == (old, True, "")
    assert ring("trial", "ES256").signer().key.kid == second["kid"]
    (line,) = audit.entries(action="shell.keys.rotate")
    assert line.facts == {"kid": second["kid"], "distrust": False}


def test_distrust_takes_the_belief_away(capsys):
    old = ring("trial", "Ed25519").signer().key.kid
    assert main(["keys", "rotate", "trial", "--distrust"]) == 0
    assert ring("trial", "Ed25519").find(old) is None
    assert [one["distrusted"] for one in listed(capsys)["trial"]] == [True, False]


def test_an_unknown_purpose_is_said_so(capsys):
    assert main(["keys", "rotate", "../secret"]) != 0
    assert "../secret" in capsys.readouterr().err


def test_doctor_sees_a_key_that_others_may_read(tmp_path):
    ring("trial", "ES256").signer()
    assert machine.secrets(tmp_path).state == "ok"
    (tmp_path / "keys" / "trial" / "000001.key").chmod(0o644)
    assert machine.secrets(tmp_path).state == "fail"


def test_a_backup_takes_the_keys_and_no_drafts(tmp_path):
    ring("trial", "ES256").signer()
    (tmp_path / "keys" / "trial" / ".000002.key.draft").write_text("half")
    (tmp_path / "copy").mkdir()
    take_files(tmp_path, tmp_path / "copy")
    kept = sorted(path.name for path in (tmp_path / "copy/home/keys/trial").iterdir())
    assert kept == ["000001.json", "000001.key"]
