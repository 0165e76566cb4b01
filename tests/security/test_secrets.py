"""Secrets are made at the first run, for their owner only; nothing secret is in the repository."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pengcheng.shell.home import home, secret_key

ROOT = Path(__file__).resolve().parents[2]
SECRET = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    rb"|xox[baprs]-[0-9A-Za-z-]{10,}|argon2id\$v=19\$"
)
SHOW = """
import json
from django.conf import settings as s
names = ("SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE SECURE_SSL_REDIRECT "
         "SECURE_HSTS_SECONDS SESSION_COOKIE_NAME CSRF_COOKIE_NAME DEBUG").split()
print(json.dumps({name: getattr(s, name) for name in names}))
"""


def python(code: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own with a fresh home, as an installation starts it."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "pengcheng.shell.settings",
        "PENGCHENG_HOME": str(folder),
        "PENGCHENG_DEBUG": "0",
        **variables,
    }
    return subprocess.run(
        [sys.executable, *code], env=environment, capture_output=True, text=True, check=False
    )


def test_the_first_run_makes_a_home_and_a_key_for_the_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGCHENG_HOME", str(tmp_path / "city"))
    folder = home()
    key = secret_key(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = [path for path in folder.iterdir() if key in path.read_text("utf-8")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]


def test_the_key_stays_and_no_two_cities_have_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    first, second = (secret_key(folder) for folder in folders)
    assert first != second
    assert len(first) >= 64
    assert secret_key(folders[0]) == first


def test_many_that_start_at_once_agree_on_one_whole_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(tmp_path), range(64)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_an_open_umask_opens_nothing(tmp_path: Path) -> None:
    code = "import os; os.umask(0); import django; django.setup()"
    ended = python(["-c", code], tmp_path / "city")
    assert ended.returncode == 0, ended.stderr
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) & 0o077 for p in (tmp_path / "city").iterdir()}
    assert {name: mode for name, mode in modes.items() if mode} == {}


def tracked() -> list[Path]:
    """What git holds; without git (a wheel, an archive) there is nothing to look through."""
    asked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in asked.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_secret_is_in_the_repository() -> None:
    this = Path(__file__).resolve()
    found = [path for path in tracked() if path != this and SECRET.search(path.read_bytes())]
    assert found == []


def test_neither_state_nor_keys_are_tracked() -> None:
    names = {path.name for path in tracked()}
    assert not {"secret.key", "demo-password", ".env"} & names
    assert not [path for path in tracked() if path.suffix in {".sqlite3", ".pem", ".key"}]


@pytest.mark.parametrize("name", ["var/secret.key", "var/city.sqlite3", ".env", "x.sqlite3"])
def test_git_would_not_take_them_by_mistake(name: str) -> None:
    if not tracked():
        pytest.skip("not a git checkout")
    asked = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert asked.returncode == 0


@pytest.mark.slow
def test_djangos_own_deployment_check_is_clean_under_https(tmp_path: Path) -> None:
    ended = python(
        ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        tmp_path / "city",
        PENGCHENG_PUBLIC_URL="https://city.example",
    )
    assert ended.returncode == 0, ended.stderr
    assert "no issues (0 silenced)" in ended.stdout


@pytest.mark.slow
def test_under_https_everything_is_marked_secure(tmp_path: Path) -> None:
    ended = python(["-c", SHOW], tmp_path / "city", PENGCHENG_PUBLIC_URL="https://city.example")
    told = json.loads(ended.stdout)
    assert told["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert told["DEBUG"] is False
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert told["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert all(told[name] for name in told if name.endswith(("_SECURE", "_REDIRECT")))
