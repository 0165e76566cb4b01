"""`pengcheng keys`: the city's signing keys, shown and changed while it runs."""

from __future__ import annotations

import click
import msgspec
from rich.table import Table

from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.words import say


@click.group(help=say("Signing keys of the city.", "城市签名密钥。"))
def keys() -> None:
    pass


@keys.command("list", help=say("List the keys and which of them sign.", "列出密钥及其用途和状态。"))
@json_option
def list_(as_json: bool) -> None:
    start_django()
    from pengcheng.kit.keys import rings

    found = {purpose: ring.states() for purpose, ring in rings().items()}
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (say("purpose", "用途"), say("key", "密钥"), say("made", "生成时间"), ""):
        table.add_column(heading)
    for purpose, states in found.items():
        for one in states:
            table.add_row(purpose, one.kid[:16], one.made_at[:19], _state(one))
    console.print(table)


def _state(one: object) -> str:
    if getattr(one, "distrusted", False):
        return say("distrusted", "已不受信任")
    if getattr(one, "retired_at", ""):
        return say("retired, still verifies", "已停用，仍可验证")
    return say("signs", "签名中")


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
    from pengcheng.kit.keys import rings

    ring = rings().get(purpose)
    if ring is None:
        stop(f"there are no keys for {purpose}", f"没有用途为 {purpose} 的密钥")
    made = ring.rotate(distrust=distrust)
    audit.record(
        system_context("cli").for_purpose("keys.rotation"),
        action="shell.keys.rotate",
        resource=f"keys/{purpose}",
        facts={"kid": made.kid, "distrust": distrust},
    )
    console.print(say(f"{purpose}: {made.kid} signs now.", f"{purpose}：现由 {made.kid} 签名。"))
