"""`pengcheng edge`: keep readings where they arise, and send them when the city can be reached."""

from __future__ import annotations

from pathlib import Path

import click

from pengcheng.shell.cli.base import console
from pengcheng.shell.cli.words import say


@click.command(
    help=say(
        "Take readings at POST /readings and /gateway on this machine, keep them on its disk, and"
        " send them to the city in order. Survives days offline and being killed.",
        "在本机 POST /readings 和 /gateway 接收读数，落盘保存，并按序转发至城市。"
        "可离线数日，进程被杀也不丢失。",
    )
)
@click.option("--city", required=True, help=say("Address of the city.", "城市地址。"))
@click.option(
    "--token", required=True, envvar="PENGCHENG_EDGE_TOKEN", help=say("Token.", "设备令牌。")
)
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
@click.option(
    "--most",
    default=1_000_000,
    show_default=True,
    help=say(
        "Messages kept at most; beyond, the oldest are thinned.",
        "最多保存的报文数；超出时稀疏最早的。",
    ),
)
def edge(city: str, token: str, address: str, port: int, most: int) -> None:
    from pengcheng.shell.home import home
    from pengcheng.shell.processes import edge as process

    folder: Path = home() / "edge"
    console.print(f"http://{address}:{port}  →  {city}", markup=False)
    process.serve(city, token, folder, address=address, port=port, most=most)
