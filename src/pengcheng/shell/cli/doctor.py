"""`pengcheng doctor`: is the city well, and what to do if not."""

from __future__ import annotations

import click
import msgspec

from pengcheng.shell.cli.base import console, json_option, print_json, start_django
from pengcheng.shell.cli.words import chinese, say

MARKS = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}


@click.command(
    help=say(
        "Check database, audit chain, outbox, jobs, assets, clock, disk and secrets.\n\n"
        "Exit code 0: well, 1: something fails (warnings alone are 0).",
        "检查数据库、审计链、事件、任务、前端文件、时钟、磁盘与密钥。\n\n"
        "退出码 0：正常；1：有失败项（仅警告为 0）。",
    )
)
@click.option(
    "--retry",
    is_flag=True,
    help=say("First revive dead events and jobs.", "先重试失败的事件和任务。"),
)
@json_option
def doctor(retry: bool, as_json: bool) -> int:
    start_django()
    from pengcheng.shell.doctor import Finding, examine
    from pengcheng.shell.home import home

    if retry:
        revive()
    findings: list[Finding] = []
    for finding in examine(home()):
        findings.append(finding)
        if not as_json:
            show(finding.state, finding.check, say(finding.en, finding.zh))
            advise(finding.do_zh if chinese() else finding.do_en)
    if as_json:
        print_json(msgspec.to_builtins(findings))
    return int(any(finding.state == "fail" for finding in findings))


def show(state: str, check: str, text: str) -> None:
    console.print(f"{MARKS[state]} {check:<13}", end="")
    console.print(text, markup=False)


def advise(text: str) -> None:
    if text:
        console.print(f"{'':18}→ {text}", markup=False)


def revive() -> None:
    from pengcheng.kernel import jobs, relay

    events, work = relay.retry_dead(), jobs.retry_dead()
    if events or work:
        console.print(
            say(f"{events} events and {work} jobs revived", f"重试 {events} 个事件、{work} 项任务")
        )
