"""`pengcheng user`: accounts, for whoever has the machine's shell."""

from __future__ import annotations

import secrets
import sys
from typing import NoReturn

import click
import msgspec
from rich.table import Table

from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.words import language, say

ROLES = (
    "citizen",
    "official",
    "supervisor",
    "grid_worker",
    "commander",
    "steward",
    "security_officer",
    "terminal",
    "developer",
    "admin",
)


@click.group(help=say("Accounts of the city.", "城市账户。"))
def user() -> None:
    pass


@user.command(
    help=say(
        "Open an account. Without --generate the password is asked for.",
        "新增账户。不加 --generate 时会提示输入密码。",
    )
)
@click.argument("username")
@click.option("--name", required=True, help=say("The name to show.", "显示的姓名或名称。"))
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    default=("citizen",),
    show_default=True,
    help=say("May be given several times.", "可多次使用。"),
)
@click.option("--organisation", default="", help=say("Where they work.", "所属单位。"))
@click.option("--generate", is_flag=True, help=say("Make up a password.", "自动生成密码。"))
def add(
    username: str, name: str, roles: tuple[str, ...], organisation: str, generate: bool
) -> None:
    password = secrets.token_urlsafe(15) if generate else ask_password()
    start_django()
    from pengcheng.domains.identity import api as identity
    from pengcheng.domains.identity.contracts import NewAccount
    from pengcheng.kernel.context import system_context
    from pengcheng.kernel.problems import Problem

    new = NewAccount(
        username=username,
        password=password,
        name_zh=name,
        kind="person" if set(roles) == {"citizen"} else "official",
        roles=roles,
        organisation=organisation,
    )
    try:
        identity.create_account(system_context("cli").for_purpose("user.setup"), new=new)
    except Problem as problem:
        tell_problem(problem)
    console.print(say(f"Account {username} is open.", f"已新增账户 {username}。"))
    if generate:
        console.print(f"{say('password', '密码')}  [bold]{password}[/bold]")


def ask_password() -> str:
    if not sys.stdin.isatty():
        stop(
            "no terminal to ask for a password on; use --generate",
            "没有可输入密码的终端；请使用 --generate",
        )
    password: str = click.prompt(say("Password", "密码"), hide_input=True, confirmation_prompt=True)
    return password


def tell_problem(problem: Exception) -> NoReturn:
    """The problem in one line, with what is wrong in which field."""
    from pengcheng.kernel.problems import Problem

    if not isinstance(problem, Problem):
        raise problem
    found = [say(error.en, error.zh) for error in problem.errors]
    title = problem.title(language())
    detail = "; ".join(line for line in found if line != title) or problem.next_step(language())
    line = f"{title}. {detail}".strip(" .")
    stop(line, line)


@user.command("list", help=say("List accounts.", "列出账户。"))
@click.option("--search", default="", help=say("Only with these words.", "按关键词筛选。"))
@json_option
def list_(search: str, as_json: bool) -> None:
    start_django()
    from pengcheng.domains.identity import api as identity
    from pengcheng.kernel.context import system_context

    context = system_context("cli").for_purpose("user.setup")
    found = identity.list_accounts(context, words=search)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (say("account", "账户"), say("name", "姓名"), say("roles", "角色")):
        table.add_column(heading)
    for account in found.accounts:
        table.add_row(account.username, account.name(language()), ", ".join(account.roles))
    console.print(table)
