"""`pengcheng broker roll` and `pengcheng broker files`: old history in files."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pengcheng.shell.cli.base import console, errors, json_option, print_json, start_django, stop
from pengcheng.shell.cli.setting_up import shown
from pengcheng.shell.cli.words import say

if TYPE_CHECKING:
    from pengcheng.domains.sensing.api.rolled import Age

database_option = click.option(
    "--database",
    default=lambda: os.environ.get("PENGCHENG_BROKER_DATABASE", ""),
    help=say("Without it live.sqlite3 in the home.", "默认为主目录中的 live.sqlite3。"),
)


def store(given: str) -> str:
    from pengcheng.shell.home import home

    if given:
        return given
    path = home() / "live.sqlite3"
    if not path.exists():
        stop(f"there is no store of the broker: {path}", f"上下文代理尚无数据：{path}")
    return f"sqlite:///{path}"


@click.command(
    help=say(
        "Move old history from the store's rows into Parquet files in the home (history/)."
        " Answers stay the same. May be done while the broker runs.\n\nWithout --before: whole"
        " months that ended PENGCHENG_HISTORY_DAYS ago, as the broker does by itself.",
        "将较早的历史数据由数据库转存为主目录 history/ 下的 Parquet 文件，查询结果不变；"
        "可在代理运行时执行。\n\n不带 --before 时，转存已结束满"
        " PENGCHENG_HISTORY_DAYS 天的整月数据，与代理自动执行的相同。",
    )
)
@database_option
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say("What was observed before this day.", "转存此日之前的观测。"),
)
@click.option("--dry-run", is_flag=True, help=say("Only say what would be moved.", "仅试算。"))
@json_option
def roll(database: str, before: datetime | None, dry_run: bool, as_json: bool) -> None:
    start_django()
    from pengcheng.domains.sensing.api import rolled
    from pengcheng.shell.processes.broker import history_days

    place, days = store(database), history_days()
    if before is None and not days:
        stop("name a day: --before DATE", "请指定日期：--before 日期")
    age = rolled.within(before=before.date() if before else None, days=days)
    plan = rolled.plan(database=place, age=age)
    if dry_run:
        told([each._asdict() for each in plan], as_json=as_json)
        return
    total = sum(each.lines for each in plan)
    told(_rolled(place, age, total), as_json=as_json)


def _rolled(place: str, age: Age, total: int) -> list[dict[str, Any]]:
    from pengcheng.domains.sensing.api import rolled

    done = 0
    with shown("Rolling history", "转存历史数据") as tell:

        def more(lines: int) -> None:
            nonlocal done
            done += lines
            tell(done, max(done, total))

        try:
            return [asdict(each) for each in rolled.roll(database=place, age=age, tell=more)]
        except rolled.Busy:
            stop("history is being rolled already", "历史数据正在转存，请稍后再试")


def told(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for each in found:
        size = f"{each['size'] / 1e6:.1f} MB"
        line = f"{each['month']}  {each['lines']:>12,}  {size:>10}  {each['tenant']}"
        console.print(line.rstrip(), markup=False)
    if not found:
        errors.print(say("nothing is old enough", "没有达到转存期限的数据"))


@click.command(
    help=say(
        "List the files of history and whether each is there.\n\nExit code 1 when one is missing"
        " or damaged.",
        "列出历史数据文件及其状态。\n\n有缺失或损坏时退出码为 1。",
    )
)
@database_option
@click.option("--hash", "hashed", is_flag=True, help=say("Read each to its end.", "校验内容。"))
@json_option
def files(database: str, hashed: bool, as_json: bool) -> int:
    start_django()
    from pengcheng.domains.sensing.api import rolled

    place = store(database)
    listed = rolled.known(database=place)
    folder = rolled.folder(database=place)
    found = list(rolled.check(files=listed, folder=folder, hashed=hashed))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        words = {
            "whole": say("there", "完好"),
            "missing": say("missing", "缺失"),
            "damaged": say("damaged", "损坏"),
        }
        for each in found:
            line = (
                f"{words[each.state]}  {each.lines:>12,}  {each.size / 1e6:>8.1f} MB  {each.name}"
            )
            console.print(line, markup=False)
    return int(any(each.state != "whole" for each in found))
