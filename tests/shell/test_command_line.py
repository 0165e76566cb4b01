"""The command `pengcheng`: help for everything, one line for what goes wrong, both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from django.db import OperationalError, ProgrammingError

from pengcheng.shell.cli import failures, main, words
from pengcheng.shell.cli.root import root


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "chinese", lambda: True)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group of commands."""
    found: list[tuple[str, ...]] = []
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            found.append((*path, name))
            if isinstance(command, click.Group):
                found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", commands(root), ids=" ".join)
def test_every_command_explains_itself(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*path, "--help"]) == 0
    text = capsys.readouterr().out
    described = [line for line in text.splitlines()[1:] if line.strip() and "Options" not in line]
    assert len(described[0].strip()) > 8


def test_help_is_quick_and_does_not_load_django() -> None:
    code = "import sys; from pengcheng.shell.cli import main; main(['--help']);"
    code += "sys.exit('django.db.models' in sys.modules)"
    src = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=src)
    assert done.returncode == 0


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert "pengcheng, version" in capsys.readouterr().out


def test_an_unknown_command_is_an_error_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OperationalError("no such table: kernel_job"), "pengcheng run"),
        (ProgrammingError('relation "kernel_job" does not exist'), "pengcheng run"),
        (OperationalError("file is not a database"), "pengcheng restore"),
        (OperationalError("database disk image is malformed"), "pengcheng restore"),
        (OperationalError("connection refused"), "PENGCHENG_DATABASE_URL"),
        (PermissionError(13, "Permission denied", "/root/x"), "PENGCHENG_HOME"),
        (ModuleNotFoundError("No module named 'granian'", name="granian"), "make run"),
        (ValueError("PENGCHENG_DATABASE_URL: mysql is not known"), "PENGCHENG_DATABASE_URL"),
    ],
)
def test_a_known_failure_is_one_line_that_says_what_to_do(error: Exception, advice: str) -> None:
    line = failures.in_one_line(error)
    assert line is not None
    assert advice in line
    assert "\n" not in line


def test_an_unknown_failure_keeps_its_traceback() -> None:
    assert failures.in_one_line(KeyError("x")) is None


def test_chinese_readers_get_chinese_lines(in_chinese: None) -> None:
    line = failures.in_one_line(OperationalError("no such table: x"))
    assert line is not None
    assert "请运行" in line


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, True),
        ({}, False),
    ],
)
def test_the_language_is_the_terminals(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert words.chinese.__wrapped__() is expected


@pytest.mark.django_db
def test_a_user_is_added_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    added = main(["user", "add", "zhangsan", "--name", "张三", "--role", "official", "--generate"])
    assert added == 0
    assert "password" in capsys.readouterr().out
    assert main(["user", "list", "--search", "zhangsan", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["accounts"]
    assert [(a["username"], a["roles"], a["simulated"]) for a in found] == [
        ("zhangsan", ["official"], False)
    ]


@pytest.mark.django_db
def test_a_taken_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    order = ["user", "add", "zhangsan", "--name", "张三", "--generate"]
    assert main(order) == 0
    assert main(order) == 1
    assert "taken" in capsys.readouterr().err


def test_a_password_is_never_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments are seen by everybody on the machine."""
    assert main(["user", "add", "--help"]) == 0
    assert "--password" not in capsys.readouterr().out


def test_without_a_terminal_a_password_is_not_waited_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main(["user", "add", "lisi", "--name", "李四"]) == 1
    assert "--generate" in capsys.readouterr().err
