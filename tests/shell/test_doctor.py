"""The doctor finds what is wrong, says what to do, and says so with its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from django.db import connection, transaction

from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.event import Event
from pengcheng.kernel.events import emit
from pengcheng.kernel.models import Delivery, Job, OutboxEvent
from pengcheng.kit import letters
from pengcheng.shell.cli import main
from pengcheng.shell.doctor import Finding, examine, machine, records


class Ailing(Event, frozen=True, kw_only=True):
    """An event for the doctor."""

    type: ClassVar[str] = "doctor.patient.ailed"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def advised(finding: Finding) -> bool:
    return bool(finding.do_en and finding.do_zh)


def delivery(state: str, *, age: timedelta = timedelta(0)) -> Delivery:
    with transaction.atomic():
        event_id = emit(system_context("test"), Ailing(subject="patient/1"))
    return Delivery.objects.create(
        event=OutboxEvent.objects.get(id=event_id),
        handler="test.doctor.handler",
        subject="patient/1",
        state=state,
        due=clock.now() - age,
    )


def job(state: str, *, age: timedelta = timedelta(0)) -> Job:
    then = clock.now() - age
    return Job.objects.create(task="test.doctor.task", state=state, due=then, enqueued=then)


@pytest.mark.django_db
def test_a_well_city_has_nothing_that_fails(home: Path) -> None:
    audit.record(system_context("test"), action="test.thing.done")
    found = {finding.check: finding.state for finding in examine(home)}
    assert found.pop("assets") in {"ok", "fail"}  # a checkout may not have fetched them
    assert "fail" not in found.values()
    assert {"database", "migrations", "audit", "outbox", "jobs", "clock", "disk"} <= found.keys()


@pytest.mark.parametrize("name", ["secret.key", "demo-password"])
def test_a_secret_that_others_may_read_fails(home: Path, name: str) -> None:
    secret = home / name
    secret.write_text("x")
    secret.chmod(0o644)
    finding = machine.secrets(home)
    assert finding.state == "fail"
    assert f"chmod go= {secret}" in finding.do_en
    secret.chmod(0o600)
    assert machine.secrets(home).state == "ok"


def test_a_database_in_an_open_home_fails(home: Path) -> None:
    (home / "city.sqlite3").touch(mode=0o644)
    assert machine.secrets(home).state == "ok"
    home.chmod(0o755)
    assert machine.secrets(home).state == "fail"


@pytest.mark.parametrize(("free", "state"), [(50 << 20, "fail"), (500 << 20, "warn")])
def test_little_room_is_told_before_there_is_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    finding = machine.disk(home)
    assert finding.state == state
    assert advised(finding)


def test_missing_front_end_files_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PACKAGE", home)
    finding = machine.assets()
    assert finding.state == "fail"
    assert "tabler.css" in finding.en
    assert "make assets" in finding.do_en


@pytest.mark.parametrize(("fonts", "state"), [(["Libertinus Serif"], "warn"), (["SimSun"], "ok")])
def test_letters_need_a_chinese_font(
    monkeypatch: pytest.MonkeyPatch, fonts: list[str], state: str
) -> None:
    monkeypatch.setattr(letters, "_fonts", lambda: SimpleNamespace(families=lambda: fonts))
    finding = machine.letters()
    assert finding.state == state
    assert ("fonts-noto-cjk" in finding.do_en) is (state == "warn")


def test_a_translation_without_its_compiled_form_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "web" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    monkeypatch.setattr(machine, "PACKAGE", home)
    assert machine.translations().state == "warn"
    (folder / "django.mo").touch()
    assert machine.translations().state == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "check"), [(delivery, records.outbox), (job, records.jobs)], ids=["events", "jobs"]
)
class TestWaiting:
    def test_what_waits_shortly_is_well(
        self, make: Callable[..., object], check: Callable[[], Finding]
    ) -> None:
        make("ready" if make is job else "pending")
        assert check().state == "ok"

    def test_what_waits_for_long_asks_for_a_worker(
        self, make: Callable[..., object], check: Callable[[], Finding]
    ) -> None:
        make("ready" if make is job else "pending", age=timedelta(minutes=6))
        finding = check()
        assert finding.state == "warn"
        assert "worker" in finding.do_en

    def test_what_is_dead_fails_and_can_be_revived(
        self,
        make: Callable[..., object],
        check: Callable[[], Finding],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        make("dead")
        assert check().state == "fail"
        assert "--retry" in check().do_en
        main(["doctor", "--retry"])
        assert "revived" in capsys.readouterr().out
        assert check().state == "ok"


@pytest.mark.django_db
def test_a_clock_that_went_back_is_noticed() -> None:
    audit.record(system_context("test"), action="test.thing.done")
    assert records.clock().state == "ok"
    with clock.frozen(clock.now() - timedelta(hours=1)):
        finding = records.clock()
    assert finding.state == "fail"
    assert advised(finding)


@pytest.mark.django_db(transaction=True)
def test_an_altered_audit_line_fails_and_is_named() -> None:
    """The database's own guard is taken away first, as an intruder would."""
    ids = [audit.record(system_context("test"), action="test.thing.done") for _ in range(3)]
    of_table = " ON kernel_audit" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"DROP TRIGGER kernel_audit_no_update{of_table}")
        cursor.execute("UPDATE kernel_audit SET action = 'x' WHERE id = %s", [ids[1]])
        finding = records.audit_chain()
        transaction.set_rollback(True)
    assert finding.state == "fail"
    assert ids[1] in finding.en
    assert "evidence" in finding.do_en


@pytest.mark.django_db
def test_the_exit_code_tells_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "assets", lambda: machine.ok("assets", "there", "有"))
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"check", "state", "en", "zh", "do_en", "do_zh"} == told[0].keys()
    monkeypatch.setattr(machine, "assets", lambda: machine.fail("assets", "gone", "无", "do", "做"))
    assert main(["doctor"]) == 1
