"""`pengcheng serve` and `pengcheng work`: the parts of a city, each as a process of its own."""

from __future__ import annotations

import os

import click

from pengcheng.shell.cli.base import start_django
from pengcheng.shell.cli.words import say

supervised_option = click.option("--supervised", is_flag=True, hidden=True)


def hold_lifeline(supervised: bool) -> None:
    if supervised:
        from pengcheng.shell.processes.lifeline import hold

        hold()


@click.command(
    help=say(
        "Serve one part: the front on the public port, the pages behind it, or the devices.\n\n"
        "`pengcheng run` starts all; apart they are for service managers.",
        "单独启动一个部分：公共端口上的前端、其后的页面服务，或设备接入服务。\n\n"
        "`pengcheng run` 会全部启动；单独启动供服务管理器使用。",
    )
)
@click.argument("part", type=click.Choice(["front", "pages", "devices"]))
@click.option("--address", default="127.0.0.1", show_default=True, envvar="PENGCHENG_ADDRESS")
@click.option("--port", default=8000, show_default=True, envvar="PENGCHENG_PORT")
@click.option(
    "--threads",
    default=8,
    show_default=True,
    envvar="PENGCHENG_THREADS",
    help=say("Threads of the pages.", "页面服务的线程数。"),
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    envvar="PENGCHENG_PROCESSES",
    help=say("Processes of the pages, each with its threads.", "页面服务的进程数。"),
)
@supervised_option
def serve(
    part: str, address: str, port: int, threads: int, processes: int, supervised: bool
) -> None:
    from pengcheng.shell.home import home
    from pengcheng.shell.processes import web

    hold_lifeline(supervised)
    socket = web.socket_path(home())
    if part == "front":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
        web.serve_front(address, port, socket=socket)
    elif part == "devices":
        from pengcheng.shell.processes import devices

        devices.serve(devices.ingest_socket(home()))
    else:
        web.serve_pages(socket, threads=threads, processes=processes)


@click.command(
    help=say(
        "Deliver events, do queued and scheduled work until stopped.",
        "持续投递事件、执行排队和定时任务。",
    )
)
@supervised_option
def work(supervised: bool) -> None:
    hold_lifeline(supervised)
    start_django()
    from pengcheng.shell.processes.worker import run_worker

    run_worker()
