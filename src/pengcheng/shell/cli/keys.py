"""`pengcheng keys`: the city's signing keys, shown and changed while it runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
import msgspec
from rich.table import Table

from pengcheng.kernel import clock
from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.words import say


@click.group(help=say("Signing keys of the city.", "城市签名密钥。"))
def keys() -> None:
    pass


@keys.command("list", help=say("List the keys and which of them sign.", "列出密钥及其用途和状态。"))
@json_option
def list_(as_json: bool) -> None:
    start_django()
    from pengcheng.shell.keyring import Held, held

    found = held()
    if as_json:
        print_json({name: _told(one) for name, one in found.items()})
        return
    table = Table(box=None, pad_edge=False)
    headings = (
        say("purpose", "用途"), say("protects", "保护对象"), say("key", "密钥"),
        say("made", "生成时间"), say("days old", "天数"), say("kept in", "存放于"), "",
    )  # fmt: skip
    for heading in headings:
        table.add_column(heading)

    def rows(name: str, one: Held) -> None:
        what = say(one.use.en, one.use.zh) or say("(not declared)", "（未登记）")
        states = one.keeper.states() if one.keeper else ()
        if not states:
            table.add_row(name, what, "", "", "", "", say("not made yet", "尚未生成"))
        for at, state in enumerate(states):
            first = (name, what) if not at else ("", "")
            table.add_row(
                *first,
                state.kid[:16],
                state.made_at[:19],
                _age(state),
                _place(state),
                _state(one.keeper, state),
            )

    for name, one in found.items():
        rows(name, one)
    console.print(table)


def _told(one: Any) -> dict[str, Any]:
    states = one.keeper.states() if one.keeper else ()
    keys = [
        {**msgspec.to_builtins(state), "expired": one.keeper.run_out(state)} for state in states
    ]
    return {"zh": one.use.zh, "en": one.use.en, "days": one.use.days, "keys": keys}


def _age(state: Any) -> str:
    return str((clock.now() - datetime.fromisoformat(state.made_at)).days)


def _place(state: Any) -> str:
    in_token = getattr(state, "held", "file") == "token"
    return say("token", "令牌") if in_token else say("file", "文件")


def _state(keeper: Any, state: Any) -> str:
    if state.distrusted:
        return say("distrusted", "已不受信任")
    if keeper.run_out(state):
        return say("retired, nothing of it counts any more", "已停用，其签名均已过期")
    if state.retired_at:
        return say("retired, still verifies", "已停用，仍可验证")
    return say("in use", "使用中")


@keys.command(
    help=say(
        "Sign with a new key from now on; the old private key is destroyed.\n\n"
        "What the old key signed still verifies, unless --distrust is given: use it when the key"
        " may be in somebody else's hands. PURPOSE is one of `pengcheng keys list`.",
        "自此使用新密钥签名，并销毁旧私钥。\n\n"
        "旧密钥签过的内容仍可验证；若旧密钥可能已泄露，请加 --distrust。"
        "PURPOSE 见 `pengcheng keys list`。",
    )
)
@click.argument("purpose")
@click.option(
    "--distrust", is_flag=True, help=say("Believe nothing it signed.", "不再信任其签名。")
)
def rotate(purpose: str, distrust: bool) -> None:
    start_django()
    from pengcheng.kernel import audit
    from pengcheng.kernel.context import system_context
    from pengcheng.shell.keyring import MASTER, held

    if purpose == MASTER:
        stop(
            "the master secret is not changed while the city runs: one-time codes, recovery codes"
            " and pseudonyms hang on it. See THREAT_MODEL.md, The keys",
            "主密钥不能在运行中更换：一次性验证码、恢复码和假名均由其派生。见 THREAT_MODEL.md",
        )
    found = held().get(purpose)
    if found is None or found.keeper is None:
        stop(f"there are no keys for {purpose}", f"没有用途为 {purpose} 的密钥")
    made = found.keeper.rotate(distrust=distrust)
    audit.record(
        system_context("cli").for_purpose("keys.rotation"),
        action="shell.keys.rotate",
        resource=f"keys/{purpose}",
        facts={"kid": made.kid, "distrust": distrust},
    )
    console.print(say(f"{purpose}: {made.kid} signs now.", f"{purpose}：现由 {made.kid} 签名。"))
