"""`pengcheng device`: register devices and list them."""

from __future__ import annotations

import click
import msgspec
from rich.table import Table

from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.words import say


@click.group(help=say("Register devices and list them.", "登记和列出设备。"))
def device() -> None:
    start_django()


@device.command(
    help=say("Register a device; its token is shown once.", "登记设备；令牌只显示一次。")
)
@click.argument("name")
@click.option("--profile", required=True, help=say("Its profile.", "设备类型。"))
@click.option("--title", default="")
@click.option("--group", default="")
@click.option("--gateway", is_flag=True, help=say("Speaks for others.", "代下挂设备上报。"))
@json_option
def add(name: str, profile: str, as_json: bool, **more: object) -> None:
    from pengcheng.domains.devices import api
    from pengcheng.domains.devices.contracts import NewDevice
    from pengcheng.kernel.context import system_context
    from pengcheng.kernel.problems import Problem

    new = msgspec.convert({"name": name, "profile": profile, **more}, NewDevice)
    try:
        shown = api.save(context=system_context("cli"), devices=[new])
    except Problem as problem:
        each = problem.errors[0] if problem.errors else problem
        stop(each.en, each.zh)
    if not shown:
        console.print(say("known, and changed", "已登记过，信息已更新"))
    elif as_json:
        print_json(msgspec.to_builtins(shown[0]))
    else:
        console.print(f"{say('token', '令牌')}  {shown[0].token}", markup=False)
        console.print(f"{say('code', '认领码')}  {shown[0].claim_code}", markup=False)


@device.command("list", help=say("List devices with how they do.", "列出设备及其健康状况。"))
@click.option("--search", default="")
@json_option
def list_(search: str, as_json: bool) -> None:
    from pengcheng.domains.devices import api
    from pengcheng.kernel.context import system_context

    found, total = api.devices(context=system_context("cli"), search=search, limit=1000)
    if as_json:
        print_json([msgspec.to_builtins(one) | msgspec.to_builtins(how) for one, how in found])
        return
    table = Table(box=None)
    for head in (("name", "名称"), ("profile", "类型"), ("health", "状况"), ("readings", "读数")):
        table.add_column(say(*head))
    for one, how in found:
        table.add_row(one.name, one.profile, how.health, f"{how.stored:,}")
    console.print(table)
    console.print(say(f"{total} in all", f"共 {total} 台"))
