"""`pengcheng run`: from nothing to a running city, and an orderly end."""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

import click

from pengcheng.shell.cli.base import console, start_django, stop
from pengcheng.shell.cli.setting_up import shown
from pengcheng.shell.cli.words import say
from pengcheng.shell.processes import place
from pengcheng.shell.processes.supervisor import Part, Supervisor

START_LIMIT = 60.0
FACES = (
    ("Portal", "市民门户", "/"),
    ("Workbench", "工作台", "/workbench/"),
    ("Screen", "大屏", "/screen/"),
)


@click.command(
    help=say(
        "Set the city up if need be, start it, and watch over it until Ctrl-C.",
        "按需完成初始化，启动城市并持续看护，按 Ctrl-C 停止。",
    )
)
@click.option("--address", default="127.0.0.1", show_default=True, envvar="PENGCHENG_ADDRESS")
@click.option("--port", default=8000, show_default=True, envvar="PENGCHENG_PORT")
@click.option(
    "--demo/--no-demo",
    default=True,
    show_default=True,
    help=say("Load the demo city.", "载入演示城市。"),
)
def run(address: str, port: int, demo: bool) -> int:
    from pengcheng.shell.home import home

    os.environ["PENGCHENG_PORT"] = str(port)
    folder = home()
    check_place(address, port)
    with held(folder):
        set_up(folder, demo=demo)
        return start(address, port, demo=demo)


def check_place(address: str, port: int) -> None:
    try:
        place.check_port(address, port)
    except place.Taken:
        stop(
            f"port {port} is taken; choose another: PENGCHENG_PORT={port + 1} make run",
            f"端口 {port} 已被占用；请换一个：PENGCHENG_PORT={port + 1} make run",
        )
    except PermissionError:
        stop(
            f"port {port} is for root only; choose one above 1023: PENGCHENG_PORT=8000",
            f"端口 {port} 需要 root 权限；请选用 1023 以上的端口：PENGCHENG_PORT=8000",
        )
    except OSError as error:
        stop(
            f"cannot listen on {address}:{port} ({error.strerror}); check PENGCHENG_ADDRESS",
            f"无法监听 {address}:{port}（{error.strerror}）；请检查 PENGCHENG_ADDRESS",
        )


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The home, for us alone."""
    claim = place.claimed(folder)
    try:
        claim.__enter__()
    except place.Taken as taken:
        stop(
            f"this city runs already (process {taken.holder}); stop it, or set PENGCHENG_HOME",
            f"这座城市已在运行（进程 {taken.holder}）；请先停止，或设置 PENGCHENG_HOME",
        )
    try:
        yield
    finally:
        claim.__exit__(None, None, None)


def set_up(folder: Path, *, demo: bool) -> None:
    start_django()
    from pengcheng.shell.setup import database
    from pengcheng.shell.setup.steps import load_demo

    if database.missing_migrations():
        with shown("Making tables", "建立数据表"):
            database.migrate()
    if demo:
        load_demo(folder, shown)


def start(address: str, port: int, *, demo: bool) -> int:
    supervisor = Supervisor(parts(address, port), tell=tell_of_fall)

    def ready() -> None:
        answers = await_answer(supervisor, f"http://{_reachable(address)}:{port}/")
        if answers:
            print_welcome(_reachable(address), port, demo=demo)

    code = supervisor.run(ready)
    if code:
        stop(
            "a part of the city keeps falling; see the lines above, or run: pengcheng doctor",
            "有部分反复退出；请查看上文，或运行：pengcheng doctor",
        )
    console.print(say("The city has stopped.", "城市已停止。"))
    return code


def parts(address: str, port: int) -> list[Part]:
    here = [sys.executable, "-m", "pengcheng.shell.cli"]
    return [
        Part("pages", [*here, "serve", "pages", "--supervised"]),
        Part(
            "front",
            [*here, "serve", "front", "--supervised", "--address", address, "--port", str(port)],
        ),
        Part("worker", [*here, "work", "--supervised"]),
        Part("devices", [*here, "serve", "devices", "--supervised"]),
    ]


def tell_of_fall(name: str, code: int) -> None:
    console.print(
        say(
            f"[yellow]{name} ended with {code} and is started again; see the lines above[/yellow]",
            f"[yellow]{name} 以 {code} 退出，正在重新启动；原因见上文[/yellow]",
        )
    )


def await_answer(supervisor: Supervisor, url: str) -> bool:
    """Whether the city answers a page before the limit, or before it is stopped."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and not supervisor.stopping.wait(0.1):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # our own address
            return True
        except HTTPError as error:
            if error.code != 503:
                return True
        except (URLError, OSError):
            continue
    return False


def print_welcome(address: str, port: int, *, demo: bool) -> None:
    base = f"http://{address}:{port}"
    console.print()
    for en, zh, path in FACES:
        console.print(f"  {say(en, zh):<12}[bold]{base}{path}[/bold]")
    if demo:
        print_accounts()
    console.print(say("\nCtrl-C stops the city.", "\n按 Ctrl-C 停止。"))


def print_accounts() -> None:
    from pengcheng.demo import accounts

    names = "  ".join(person[0] for person in accounts.PERSONS)
    console.print(say("\nDemo accounts (all invented):", "\n演示账户（均为虚构）："))
    console.print(f"  {names}")
    console.print(f"  {say('password', '密码')}  [bold]{accounts.password()}[/bold]")


def _reachable(address: str) -> str:
    """An address to open in a browser: the wildcard is none."""
    return "localhost" if address in {"0.0.0.0", "127.0.0.1", "::"} else address  # noqa: S104
