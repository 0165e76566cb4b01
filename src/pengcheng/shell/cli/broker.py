"""`pengcheng broker`: the context broker alone, to stand where another broker stood."""

from __future__ import annotations

import os

import click

from pengcheng.shell.cli.base import console
from pengcheng.shell.cli.history import files, roll
from pengcheng.shell.cli.words import say


@click.group(
    invoke_without_command=True,
    help=say(
        "Serve the context broker alone (NGSI-LD at /ngsi-ld/v1, SensorThings at /sta/v1.1).\n\n"
        "Without --open every request carries `Authorization: Bearer <key>`; the key is made at the"
        " first start and kept in broker.key in the home. --open needs no key, listens on this"
        " machine only, and may call any host.",
        "单独启动上下文代理（NGSI-LD 位于 /ngsi-ld/v1，SensorThings 位于 /sta/v1.1）。\n\n"
        "不带 --open 时，每个请求都须携带 `Authorization: Bearer <密钥>`；密钥在首次启动时生成，"
        "保存在主目录的 broker.key 中。--open 不需要密钥，只监听本机，并可访问任何主机。",
    ),
)
@click.option("--port", default=1026, show_default=True, help=say("Port.", "端口。"))
@click.option(
    "--address", default="127.0.0.1", show_default=True, help=say("Address.", "监听地址。")
)
@click.option(
    "--database",
    default="",
    help=say(
        "sqlite:///file or postgresql://…; without it live.sqlite3 in the home.",
        "sqlite:///文件 或 postgresql://…；默认为主目录中的 live.sqlite3。",
    ),
)
@click.option(
    "--open", "open_", is_flag=True, help=say("No sign-in, loopback only.", "免登录，仅限本机。")
)
@click.option(
    "--hosts",
    default=lambda: os.environ.get("PENGCHENG_BROKER_HOSTS", ""),
    help=say(
        "Hosts that may be called for @contexts, notifications and sources, by commas;"
        " `public` is every public address, `*` everybody.",
        "允许访问的主机（获取 @context、发送通知、访问数据源），以逗号分隔；"
        "`public` 表示所有公网地址，`*` 表示全部。",
    ),
)
@click.pass_context
def broker(
    context: click.Context, port: int, address: str, database: str, open_: bool, hosts: str
) -> None:
    if context.invoked_subcommand is not None:
        return
    from pengcheng.shell.processes import broker as process

    if open_ and address not in {"127.0.0.1", "::1", "localhost"}:
        raise click.ClickException(
            say(
                "--open serves this machine only; leave out --address",
                "--open 仅服务本机；请去掉 --address",
            )
        )
    place = process.prepare(database, open_=open_, hosts="*" if open_ and not hosts else hosts)
    console.print(f"http://{address}:{port}/ngsi-ld/v1", markup=False)
    if not open_:
        console.print(say(f"The key is in {place.key}", f"密钥在 {place.key}"), markup=False)
    process.serve(address, port)


broker.add_command(roll)
broker.add_command(files)
