"""`pengcheng ledger`: the city's record, its witnesses, and a node among several organisations."""

from __future__ import annotations

from typing import IO, Any

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
    found: dict[str, Any] = {
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


@ledger.command(
    help=say(
        "Register who may be given private payloads. Without PUBLIC a key pair is made: the private"
        " half is written to NAME.x25519 here and nowhere else.",
        "登记私密附件的接收方。未给出公钥时生成密钥对，私钥仅写入当前目录的 NAME.x25519。",
    )
)
@click.argument("name")
@click.argument("public", required=False, default="")
def reader(name: str, public: str) -> None:
    start_django()
    from pengcheng.domains.ledger.api import contracts
    from pengcheng.kernel.context import system_context

    public = public or _made(name)
    contracts.add_reader(context=system_context("cli"), name=name, public=public)
    console.print(say(f"registered: {name} {public}", f"已登记：{name} {public}"), markup=False)


def _made(name: str) -> str:
    import base64
    import os
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    path = Path(f"{name.replace(os.sep, '_')}.x25519")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(key.private_bytes_raw()).decode())
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


@ledger.command(
    "open", help=say("Open an envelope with your own key.", "用自己的私钥打开私密附件。")
)
@click.argument("envelope", type=click.File("rb"))
@click.argument("name")
@click.argument("key", type=click.File("r"))
def open_(envelope: IO[Any], name: str, key: IO[Any]) -> None:
    start_django()
    from pengcheng.domains.ledger.api import contracts

    click.echo(contracts.unseal(envelope=envelope.read(), reader=name, key=key.read()), nl=False)


@ledger.command(
    help=say(
        "Run the contracts' machine for CometBFT 0.38 (ABCI 2.0).\n\n"
        "Each organisation runs one beside its own CometBFT (proxy_app = the same address). The"
        " city's embedded record is not touched: it stays with its single signer.",
        "为 CometBFT 0.38（ABCI 2.0）运行合约状态机。\n\n"
        "各机构在自己的 CometBFT 旁运行一个（proxy_app 填同一地址）。"
        "城市内嵌的存证链不受影响，仍为单方签名。",
    )
)
@click.option("--address", default="tcp://127.0.0.1:26658", show_default=True)
@click.option("--folder", type=click.Path(file_okay=False), default=None)
def node(address: str, folder: str | None) -> None:
    from pathlib import Path

    start_django()
    from pengcheng.domains.ledger.api import node as door
    from pengcheng.shell.home import home

    console.print(say(f"speaking ABCI on {address}", f"正在监听 {address}（ABCI）"))
    door.serve(address=address, folder=Path(folder) if folder else home() / "node")
