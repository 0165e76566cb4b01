"""Setting up is done once for each database, and again for another one."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pengcheng.demo import accounts, loader
from pengcheng.shell.setup import steps
from pengcheng.shell.setup.stamps import Stamps, database_mark


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that were loaded, instead of loading them."""
    done: list[str] = []

    def note(part: loader.Part, tell: loader.Tell) -> int:
        done.append(part.id)
        return 1

    monkeypatch.setattr(loader, "load_part", note)
    return done


@contextmanager
def unseen(en: str, zh: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda done, total: None


@pytest.mark.django_db
def test_the_second_start_loads_nothing(tmp_path: Path, loaded: list[str]) -> None:
    first = steps.load_demo(tmp_path, unseen)
    assert first == len(loaded) == len(loader.parts())
    assert steps.load_demo(tmp_path, unseen) == 0


@pytest.mark.django_db
def test_again_loads_everything(tmp_path: Path, loaded: list[str]) -> None:
    steps.load_demo(tmp_path, unseen)
    assert steps.load_demo(tmp_path, unseen, again=True) == len(loader.parts())


@pytest.mark.django_db
def test_a_part_that_failed_is_tried_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(part: loader.Part, tell: loader.Tell) -> int:
        if part.id == "places":
            raise OSError("the disk is full")
        return 1

    monkeypatch.setattr(loader, "load_part", broken)
    with pytest.raises(OSError, match="full"):
        steps.load_demo(tmp_path, unseen)
    stamps = Stamps(tmp_path, database_mark())
    assert (stamps.has("demo.accounts"), stamps.has("demo.places")) == (True, False)


@pytest.mark.django_db
def test_another_database_is_set_up_anew(tmp_path: Path) -> None:
    Stamps(tmp_path, database_mark()).set("demo.places")
    assert Stamps(tmp_path, database_mark()).has("demo.places")
    assert not Stamps(tmp_path, "another").has("demo.places")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"database": 1}'])
def test_damaged_stamps_are_no_stamps(tmp_path: Path, text: str) -> None:
    (tmp_path / "setup.json").write_text(text)
    assert Stamps(tmp_path, "any").done == {}


@pytest.mark.django_db
def test_a_new_version_loads_again(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path, "any")
    stamps.set("demo.places", "0.1.0")
    assert not stamps.has("demo.places", "0.2.0")


@pytest.mark.django_db
def test_demo_accounts_are_opened_once_and_marked_as_invented() -> None:
    told: list[tuple[int, int]] = []
    assert accounts.load(lambda done, total: told.append((done, total))) == len(accounts.PERSONS)
    assert told[-1] == (len(accounts.PERSONS),) * 2
    assert accounts.load(lambda done, total: None) == len(accounts.PERSONS)
    from pengcheng.domains.identity import api as identity
    from pengcheng.kernel.context import system_context

    for username, *_ in accounts.PERSONS:
        context = system_context("test").for_purpose("test")
        found = identity.find_by_username(context, username=username)
        assert found is not None
        assert found.simulated
        assert "虚构" in found.name_zh


def test_the_demo_password_is_made_once_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "password_file", lambda: tmp_path / "demo-password")
    made = accounts.password()
    assert accounts.password() == made
    assert stat.S_IMODE((tmp_path / "demo-password").stat().st_mode) == 0o600
    assert len(made) >= 14
    assert not set(made) & set("0O1lI")
