"""`pengcheng keys`: what signs, and the change to a new key."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import signing

from pengcheng.kernel import audit, clock
from pengcheng.kit.keys import Ring, ring
from pengcheng.shell.backup.make import take_files
from pengcheng.shell.changing import broker_secrets, session_secrets
from pengcheng.shell.cli import main
from pengcheng.shell.doctor import machine
from pengcheng.shell.fresh import take
from pengcheng.shell.home import secret_key
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY, []
    secret_key(tmp_path)


def listed(capsys):
    capsys.readouterr()
    assert main(["keys", "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_rotation_is_listed_and_audited(capsys):
    old = ring("trial", "ES256").signer().key.kid
    assert main(["keys", "rotate", "trial"]) == 0
    first, second = listed(capsys)["trial"]["keys"]
    assert (first["kid"], bool(first["retired_at"]), second["retired_at"]) == (old, True, "")
    assert ring("trial", "ES256").signer().key.kid == second["kid"]
    (line,) = audit.entries(action="shell.keys.rotate")
    assert line.facts == {"kid": second["kid"], "distrust": False}


def test_distrust_takes_the_belief_away(capsys):
    old = ring("trial", "Ed25519").signer().key.kid
    assert main(["keys", "rotate", "trial", "--distrust"]) == 0
    assert ring("trial", "Ed25519").find(old) is None
    assert [one["distrusted"] for one in listed(capsys)["trial"]["keys"]] == [True, False]


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


def test_every_key_is_listed_with_what_it_protects(capsys):
    """Whatever the code signs with is declared in a manifest, or by the shell."""
    found = listed(capsys)
    asked = re.compile(r"""(?<![a-z_])ring\(\s*"([a-z0-9-]+)",""")
    sources = (ROOT / "src" / "pengcheng").rglob("*.py")
    used = {name for path in sources for name in asked.findall(path.read_text("utf-8"))}
    assert used, "the search finds what it looks for"
    assert used <= set(found)
    assert {"sessions", "broker", "master"} <= set(found)
    assert all(one["zh"] and one["en"] for one in found.values())
    assert found["ledger"]["keys"] == []
    assert main(["keys", "list"]) == 0


def test_a_retired_key_is_published_until_what_it_signed_has_run_out(settings):
    keys = ring("oidc", "ES256")
    with clock.frozen(datetime(2026, 11, 22, 9, tzinfo=UTC)) as hour:
        old = keys.signer().key.kid
        new = keys.rotate().kid
        hour.advance(seconds=179 * 86_400)
        assert [one["kid"] for one in keys.jwks()["keys"]] == [new, old]
        hour.advance(seconds=2 * 86_400)
        assert [one["kid"] for one in keys.jwks()["keys"]] == [new]
        assert keys.find(old) is not None


def test_the_master_secret_is_not_changed_by_the_way(capsys):
    assert main(["keys", "rotate", "master"]) != 0
    assert "master" in capsys.readouterr().err


def test_sessions_outlive_a_rotation_and_not_a_loss(settings, tmp_path, capsys):
    """The pages' process reads the new secret at its next request."""
    secrets = session_secrets(tmp_path)
    take(secrets)
    person = get_user_model()(username="keys-trial", password="hash")
    signed = signing.dumps("ticket")
    before = person.get_session_auth_hash()
    assert main(["keys", "rotate", "sessions"]) == 0
    take(secrets)
    assert signing.loads(signed) == "ticket"
    assert before in set(person.get_session_auth_fallback_hash())
    assert person.get_session_auth_hash() != before
    with clock.frozen(clock.now() + timedelta(hours=25)):
        take(secrets)
        with pytest.raises(signing.BadSignature):
            signing.loads(signed)
    second = signing.dumps("ticket")
    assert main(["keys", "rotate", "sessions", "--distrust"]) == 0
    take(secrets)
    assert settings.SECRET_KEY_FALLBACKS == []
    with pytest.raises(signing.BadSignature):
        signing.loads(second)
    assert settings.PENGCHENG_MASTER_KEY not in settings.SECRET_KEY


def browser_of(settings, home):
    settings.PENGCHENG_SESSION_SECRETS = session_secrets(home)
    take(settings.PENGCHENG_SESSION_SECRETS)
    return signed_in(holder("citizen"))


def test_requests_side_by_side_survive_a_rotation(settings, tmp_path):
    """A browser asks for several things at once under the name that its session had."""
    browser = browser_of(settings, tmp_path)
    name = browser.cookies["pengcheng_session"].value
    assert main(["keys", "rotate", "sessions"]) == 0
    for _ in range(2):
        browser.cookies["pengcheng_session"] = name
        assert browser.get("/account/").status_code == 200
    assert settings.SECRET_KEY_FALLBACKS


def test_a_session_of_a_distrusted_secret_is_over(settings, tmp_path):
    browser = browser_of(settings, tmp_path)
    assert main(["keys", "rotate", "sessions", "--distrust"]) == 0
    assert browser.get("/account/").status_code == 302


def test_the_brokers_clients_have_an_hour_to_change(tmp_path):
    (tmp_path / "broker.key").write_text("first\n")
    server, command = broker_secrets(tmp_path), broker_secrets(tmp_path)
    assert server.accepted() == ("first",)
    command.rotate()
    newest = (tmp_path / "broker.key").read_text()
    assert server.accepted() == (newest, "first")
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert server.accepted() == (newest,)
        assert [server.run_out(one) for one in server.states()] == [True, False]


def test_processes_sign_on_while_another_rotates(tmp_path):
    """Rings of their own stand for processes; everything signed meanwhile verifies everywhere."""
    folder = tmp_path / "keys" / "busy"
    done, signed, faults = threading.Event(), [], []

    def serve():
        own = Ring(folder, "Ed25519")
        while not done.is_set():
            try:
                signer = own.signer()
                signed.append((signer.key.kid, signer.sign(b"x")))
            except Exception as error:
                faults.append(error)

    Ring(folder, "Ed25519").signer()
    threads = [threading.Thread(target=serve) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        Ring(folder, "Ed25519").rotate()
    done.set()
    for thread in threads:
        thread.join(60)
    judge = Ring(folder, "Ed25519")
    assert faults == []
    assert all(judge.find(kid).verifies(signature, b"x") for kid, signature in signed)
    assert Ring(folder, "Ed25519").signer().key.kid == judge.states()[-1].kid
