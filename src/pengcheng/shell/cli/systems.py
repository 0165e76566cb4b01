"""`pengcheng systems`: every system of the mission, how far it is, and its door."""

from __future__ import annotations

from collections import Counter

import click
import msgspec
from rich.table import Table

from pengcheng.shell.cli.base import console, json_option, print_json
from pengcheng.shell.cli.words import chinese, say
from pengcheng.shell.mission import Status, chapters, statuses

STATES = {
    "planned": ("planned", "计划中", "dim"),
    "partly": ("partly", "部分可用", "yellow"),
    "done": ("done", "已建成", "green"),
}


@click.command(
    help=say("List every system of the mission: state and door.", "列出全部系统的状态与入口。")
)
@click.option(
    "--state",
    type=click.Choice(list(STATES)),
    help=say("Only systems in this state.", "只列出处于该状态的系统。"),
)
@json_option
def systems(state: str | None, as_json: bool) -> None:
    found = statuses()
    shown = [system for system in found if state in (None, system.state)]
    if as_json:
        print_json(msgspec.to_builtins(shown))
        return
    for chapter in chapters():
        rows = [system for system in shown if system.chapter == chapter.id]
        if rows:
            console.print(f"\n[bold]{chapter.zh if chinese() else chapter.en}[/bold]")
            console.print(_table(rows))
    console.print(f"\n{_counts(found)}")


def _table(rows: list[Status]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for width in (6, 12, 9, 16):
        table.add_column(min_width=width, no_wrap=True)
    table.add_column(overflow="fold")
    for system in rows:
        en, zh, style = STATES[system.state]
        table.add_row(
            ", ".join(map(str, system.articles)) or "–",
            system.id,
            f"[{style}]{say(en, zh)}[/{style}]",
            system.door or "–",
            system.zh if chinese() else system.en,
        )
    return table


def _counts(found: tuple[Status, ...]) -> str:
    count: Counter[str] = Counter(system.state for system in found)
    words = ", ".join(f"{count[state]} {say(en, zh)}" for state, (en, zh, _) in STATES.items())
    return say(f"{len(found)} systems: {words}", f"共 {len(found)} 个系统：{words}")
