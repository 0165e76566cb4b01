"""`pengcheng ledger`: the city's record, its witnesses, and a node among several organisations."""

from __future__ import annotations

import click
import msgspec

from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.words import say


@click.group(help=say("The city's record: a log that can only grow.", "存证链。"))
def ledger() -> None:
    pass


@ledger.command(help=say("Recompute the whole log from its entries.", "从条目重新计算整条链。"))
def verify() -> None:
    start_django()
    from pengcheng.domains.ledger import api
    from pengcheng.kernel.context import system_context

    report = api.verify_log(context=system_context("cli"))
    if not report.whole:
        stop("; ".join(report.faults[:5]), "；".join(report.faults[:5]))
    console.print(say(f"whole: {report.size} entries", f"完整：共 {report.size} 条"))
    console.print(report.root, markup=False)


@ledger.group(help=say("Who cosigns our heads, and whose heads we cosign.", "见证签名。"))
def witness() -> None:
    pass


@witness.command("list", help=say("Show witnesses, watched logs and our own key.", "列出见证方。"))
@json_option
def list_(as_json: bool) -> None:
    start_django()
    from pengcheng.domains.ledger import api
    from pengcheng.kernel.context import system_context

    context = system_context("cli")
    found = {
        "witnesses": api.witness_list(context=context),
        "watched": api.watched(context=context),
        "keys": api.witness_identity(context=context),
    }
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    for one in found["witnesses"]:
        console.print(say("asked", "请求见证"), one.name, one.url, one.trouble, markup=False)
    for each in found["watched"]:
        console.print(say("watched", "所见证"), each.origin, each.size, markup=False)
    for key in found["keys"]:
        console.print(say("our key", "本方密钥"), key, markup=False)


@witness.command(help=say("Ask this witness to cosign each head.", "请求该见证方签名。"))
@click.argument("verifier")
@click.argument("url")
def add(verifier: str, url: str) -> None:
    start_django()
    from pengcheng.domains.ledger import api
    from pengcheng.kernel.context import system_context

    made = api.add_witness(context=system_context("cli"), verifier=verifier, url=url)
    console.print(say(f"asked from now on: {made.name}", f"已添加：{made.name}"), markup=False)


@witness.command(help=say("Cosign the heads of this log.", "为该存证链作见证。"))
@click.argument("verifier")
def watch(verifier: str) -> None:
    start_django()
    from pengcheng.domains.ledger import api
    from pengcheng.kernel.context import system_context

    made = api.watch(context=system_context("cli"), verifier=verifier)
    console.print(say(f"watched: {made.origin}", f"已见证：{made.origin}"), markup=False)
