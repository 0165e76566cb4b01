"""`pengcheng trust`: whose documents of other cities are accepted."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from pengcheng.shell.cli.base import console, json_option, print_json, start_django
from pengcheng.shell.cli.words import say


@click.group(help=say("Trusted lists of other cities.", "其他城市的可信名单。"))
def trust() -> None:
    pass


@trust.command("list", help=say("Show the lists and until when they count.", "列出可信名单。"))
@json_option
def list_(as_json: bool) -> None:
    start_django()
    from pengcheng.domains.trust import api
    from pengcheng.kernel.context import system_context

    found = api.listed(context=system_context("cli"))
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    for one in found:
        state = say("in force", "有效") if one.current else say("out of date", "已过期")
        told = (one.territory, one.scheme, f"#{one.sequence}", str(one.next_update), state)
        console.print(*told, one.trouble, markup=False)


@trust.command(
    "import",
    help=say(
        "Put a signed list (TS 119 612 XML) in force. CERTIFICATE is its operator's, in PEM, as"
        " it was agreed on.",
        "导入已签名的可信名单（TS 119 612 XML）。CERTIFICATE 为事先确认的运营者证书（PEM）。",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path, certificate: Path) -> None:
    start_django()
    from pengcheng.domains.trust import api
    from pengcheng.kernel.context import system_context

    found = api.take(
        context=system_context("cli"), data=file.read_bytes(), operator=certificate.read_bytes()
    )
    console.print(say(f"in force: {found.scheme}", f"已生效：{found.scheme}"), markup=False)


@trust.command(
    help=say(
        "Make a simulated authority of Hong Kong for rehearsals: its list, its operator's"
        " certificate and one document, in FOLDER.",
        "生成用于演练的香港模拟机构：名单、运营者证书和一份文件，写入 FOLDER。",
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def simulate(folder: Path) -> None:
    start_django()
    from pengcheng.kernel import clock
    from pengcheng.kit.trust import rehearsal

    now = clock.now()
    folder.mkdir(parents=True, exist_ok=True)
    operator = rehearsal.authority("Hong Kong operator (simulated)", "HK", now)
    issuer = rehearsal.authority("Hong Kong licence office (simulated)", "HK", now)
    told = rehearsal.trust_list("HK", "Hong Kong", now, {"Licence office": issuer})
    (folder / "HK.xml").write_bytes(rehearsal.signed_list(told, operator))
    (folder / "HK-operator.pem").write_bytes(operator.pem)
    claims = {"iss": "https://licences.hk.example", "vct": "company", "iat": int(now.timestamp())}
    (folder / "HK-document.txt").write_text(rehearsal.document(issuer, (), claims))
    said = say(f"simulated, in {folder}", f"已生成模拟数据：{folder}")
    console.print(said, markup=False)
