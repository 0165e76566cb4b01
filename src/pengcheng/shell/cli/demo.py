"""`pengcheng demo`: the demo city's data, loaded or begun anew."""

from __future__ import annotations

import click

from pengcheng.shell.cli.base import console, start_django, yes_option
from pengcheng.shell.cli.run import held
from pengcheng.shell.cli.setting_up import shown
from pengcheng.shell.cli.words import say


@click.group(help=say("The demo city's data.", "演示城市的数据。"))
def demo() -> None:
    pass


@demo.command(help=say("Load what is missing of the demo.", "载入缺少的演示数据。"))
@click.option("--again", is_flag=True, help=say("Load every part again.", "重新载入全部。"))
def load(again: bool) -> None:
    start_django()
    from pengcheng.shell.home import home
    from pengcheng.shell.setup import database, steps

    database.migrate()
    loaded = steps.load_demo(home(), shown, again=again)
    console.print(
        say(f"{loaded} parts loaded.", f"已载入 {loaded} 个部分。")
        if loaded
        else say(
            "Everything is there; --again loads it again.",
            "数据齐全；如需重新载入，请加 --again。",
        )
    )


@demo.command(
    help=say(
        "Throw the city's database away and load the demo anew. The city must stand still.",
        "清空数据库并重新载入演示数据。请先停止城市。",
    )
)
@yes_option
def reset(yes: bool) -> None:
    start_django()
    from pengcheng.shell.home import home
    from pengcheng.shell.setup import database, steps

    if not yes:
        click.confirm(
            say(
                "This deletes every account, case and observation. Go on?",
                "此操作将删除全部账户、办件和观测数据，是否继续？",
            ),
            abort=True,
        )
    with held(home()):
        database.empty()
        database.migrate()
        steps.load_demo(home(), shown, again=True)
    console.print(say("The demo city is as new.", "演示城市已恢复初始状态。"))
