"""The tree of commands; each is imported when it is called."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

import click

from pengcheng import __version__
from pengcheng.shell.cli.base import errors
from pengcheng.shell.cli.failures import in_one_line
from pengcheng.shell.cli.words import say

# name: (module, attribute)
COMMANDS = {
    "run": ("pengcheng.shell.cli.run", "run"),
    "serve": ("pengcheng.shell.cli.serve", "serve"),
    "work": ("pengcheng.shell.cli.serve", "work"),
    "systems": ("pengcheng.shell.cli.systems", "systems"),
    "demo": ("pengcheng.shell.cli.demo", "demo"),
    "doctor": ("pengcheng.shell.cli.doctor", "doctor"),
    "backup": ("pengcheng.shell.cli.backup", "backup"),
    "restore": ("pengcheng.shell.cli.backup", "restore"),
    "user": ("pengcheng.shell.cli.user", "user"),
    "broker": ("pengcheng.shell.cli.broker", "broker"),
    "device": ("pengcheng.shell.cli.device", "device"),
    "edge": ("pengcheng.shell.cli.edge", "edge"),
    "map": ("pengcheng.shell.cli.map", "map_"),
    "client": ("pengcheng.shell.cli.client", "client"),
    "keys": ("pengcheng.shell.cli.keys", "keys"),
    "ledger": ("pengcheng.shell.cli.ledger", "ledger"),
    "trust": ("pengcheng.shell.cli.trust", "trust"),
    "dmn": ("pengcheng.kit.dmn.cli", "dmn"),
}


class Tree(click.Group):
    """A group whose commands are looked up by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if self._present(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if not self._present(cmd_name):
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def _present(self, name: str) -> bool:
        """A part of the kit may be left out of an installation, and its command with it."""
        return name in COMMANDS and find_spec(COMMANDS[name][0]) is not None


@click.group(
    cls=Tree,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=say(
        "Pengcheng, an open city operating system.\n\n"
        "State is kept in PENGCHENG_HOME (./var), the database is PENGCHENG_DATABASE_URL"
        " (SQLite in the home), the port PENGCHENG_PORT (8000).",
        "鹏城：开放的城市操作系统。\n\n"
        "数据存于 PENGCHENG_HOME（默认 ./var），数据库由 PENGCHENG_DATABASE_URL 指定"
        "（默认 SQLite），端口为 PENGCHENG_PORT（默认 8000）。",
    ),
)
@click.version_option(__version__, prog_name="pengcheng")
def root() -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """Run a command; a failure is one line on standard error, and the exit code."""
    before = os.umask(0o077)  # what a city writes, database above all, is for its owner only
    try:
        return _run(arguments)
    finally:
        os.umask(before)


def _run(arguments: list[str] | None) -> int:
    try:
        code = root.main(args=arguments, prog_name="pengcheng", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        errors.print(f"pengcheng: {error.format_message()}", markup=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        line = in_one_line(error)
        if line is None or os.environ.get("PENGCHENG_DEBUG") == "1":
            raise
        errors.print(f"pengcheng: {line}", markup=False)
        return 1
    return code if isinstance(code, int) else 0
