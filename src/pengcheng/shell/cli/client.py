"""`pengcheng client`: applications that let people sign in with their city account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.table import Table

from pengcheng.shell.cli.base import (
    console,
    json_option,
    print_json,
    start_django,
    stop,
    yes_option,
)
from pengcheng.shell.cli.user import tell_problem
from pengcheng.shell.cli.words import language, say

if TYPE_CHECKING:
    from pengcheng.domains.identity.contracts.oidc import NewClient

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")


@click.group(help=say("Applications that use the city's sign-in.", "使用城市账户登录的应用。"))
def client() -> None:
    pass


def many(name: str, en: str, zh: str, **more: Any) -> Callable[[Any], Any]:
    """An option that may be given several times."""
    return click.option(name, multiple=True, help=say(en, zh), **more)


@client.command(
    help=say(
        "Enter an application. Its secret is printed this once.",
        "登记应用。密钥仅显示这一次。",
    )
)
@click.argument("name")
@many("--redirect", "Address to return to; several times.", "回调地址，可多次使用。")
@many("--logout", "Address after signing out.", "退出后的返回地址。")
@click.option("--backchannel", default="", help=say("Told of ended sessions.", "退出通知地址。"))
@click.option(
    "--method", type=click.Choice(METHODS), default=METHODS[0], show_default=True,
    help=say("How it proves itself.", "身份证明方式。"),
)  # fmt: skip
@click.option(
    "--jwks", type=click.File("rb"), help=say("Its public keys (JWKS).", "公钥文件（JWKS）。")
)
@many("--scope", "What it may ask for; several times.", "可申请的信息，可多次使用。",
      default=("profile",), show_default=True)  # fmt: skip
@many("--resource", "A resource it may call.", "可访问的资源。")
@many("--serves", "A resource it is itself.", "自身提供的资源。")
@click.option("--operator", default="", help=say("Who runs it.", "运营方。"))
@click.option("--purpose", default="", help=say("What for.", "用途。"))
@click.option("--public-subjects", is_flag=True, help=say("Account numbers instead of pseudonyms.",
                                                          "使用账户编号而非假名。"))  # fmt: skip
@click.option(
    "--native", is_flag=True, help=say("An app on people's devices.", "个人设备上的应用。")
)
@json_option
def add(name: str, as_json: bool, **told: Any) -> None:
    start_django()
    from pengcheng.domains.identity.api import oidc
    from pengcheng.kernel.context import system_context
    from pengcheng.kernel.problems import Problem

    try:
        made = oidc.add_client(system_context("cli"), new=_new(name, told))
    except Problem as problem:
        tell_problem(problem)
    if as_json:
        print_json(msgspec.to_builtins(made))
        return
    console.print(f"client_id      [bold]{made.client.id}[/bold]")
    if made.secret:
        console.print(f"client_secret  [bold]{made.secret}[/bold]")


def _new(name: str, told: dict[str, Any]) -> NewClient:
    from pengcheng.domains.identity.contracts.oidc import NewClient

    try:
        keys = msgspec.json.decode(told["jwks"].read()) if told["jwks"] else None
    except msgspec.DecodeError:
        stop("the file of keys is no JSON", "公钥文件不是有效的 JSON")
    return NewClient(
        name_zh=name,
        operator=str(told["operator"]),
        purpose_zh=str(told["purpose"]),
        redirect_uris=told["redirect"],
        logout_uris=told["logout"],
        backchannel_uri=str(told["backchannel"]),
        auth_method=told["method"],
        jwks=keys,
        subject_type="public" if told["public_subjects"] else "pairwise",
        scopes=told["scope"],
        resources=told["resource"],
        serves=told["serves"],
        native=bool(told["native"]),
    )


@client.command("list", help=say("List the applications.", "列出应用。"))
@json_option
def list_(as_json: bool) -> None:
    start_django()
    from pengcheng.domains.identity.api import oidc
    from pengcheng.kernel.context import system_context

    found = oidc.list_clients(system_context("cli"))
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (
        "client_id",
        say("name", "名称"),
        say("proof", "证明方式"),
        say("state", "状态"),
    ):
        table.add_column(heading)
    for one in found:
        state = say("disabled", "已停用") if one.disabled_at else say("active", "正常")
        table.add_row(one.id, one.name(language()), one.auth_method, state)
    console.print(table)


@client.command(
    help=say(
        "Delete an application with its tokens and people's consents.",
        "删除应用及其令牌和授权记录。",
    )
)
@click.argument("client_id")
@yes_option
def remove(client_id: str, yes: bool) -> None:
    if not yes:
        click.confirm(say("Delete it with all its tokens?", "删除该应用及其全部令牌？"), abort=True)
    start_django()
    from pengcheng.domains.identity.api import oidc
    from pengcheng.kernel.context import system_context
    from pengcheng.kernel.problems import Problem

    try:
        oidc.remove_client(system_context("cli"), client_id=client_id)
    except Problem as problem:
        tell_problem(problem)
    console.print(say("The application is removed.", "应用已删除。"))


@client.command(help=say("A new secret in place of the present one.", "重新生成密钥。"))
@click.argument("client_id")
def secret(client_id: str) -> None:
    start_django()
    from pengcheng.domains.identity.api import oidc
    from pengcheng.kernel.context import system_context
    from pengcheng.kernel.problems import Problem

    try:
        made = oidc.new_secret(system_context("cli"), client_id=client_id)
    except Problem as problem:
        tell_problem(problem)
    console.print(f"client_secret  [bold]{made.secret}[/bold]")


@client.command(
    help=say(
        "A token with which one program may enter itself within a week (RFC 7591).",
        "生成注册令牌，程序可凭此在一周内自行登记一次（RFC 7591）。",
    )
)
def invite() -> None:
    start_django()
    from pengcheng.domains.identity.api import oidc
    from pengcheng.kernel.context import system_context

    console.print(oidc.invite(system_context("cli")))
