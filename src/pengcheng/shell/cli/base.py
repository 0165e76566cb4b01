"""What the commands share: output, one-line errors, Django at need."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pengcheng.shell.cli.words import say

console = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)
json_option = click.option(
    "--json", "as_json", is_flag=True, help=say("Print JSON for programs.", "输出 JSON。")
)
yes_option = click.option("--yes", is_flag=True, help=say("Do not ask.", "不再询问。"))


def stop(en: str, zh: str) -> NoReturn:
    """End with one line that says what is wrong and what to do."""
    raise click.ClickException(say(en, zh))


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@cache
def start_django() -> None:
    """Django is loaded only by commands that need it: help and versions stay quick."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django

    django.setup()


def progress() -> Progress:
    """A progress bar for a person; plain silence when nobody looks."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        disable=not sys.stderr.isatty(),
    )
