"""`pengcheng backup` and `pengcheng restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pengcheng.shell.cli.base import console, json_option, print_json, start_django, stop
from pengcheng.shell.cli.run import held
from pengcheng.shell.cli.setting_up import shown
from pengcheng.shell.cli.words import say

if TYPE_CHECKING:
    from pengcheng.shell.backup.restore import Restored

file_argument = click.argument(
    "source", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.command(
    help=say(
        "Back the city up while it runs: database, uploads and secrets in one file (0600),"
        " proved by restoring it aside.\n\nTARGET is a folder or a file, else the folder you"
        " are in.",
        "在城市运行时备份：数据库、上传文件与密钥合为一个文件（权限 0600），"
        "并通过试恢复验证。\n\nTARGET 为目录或文件，默认当前目录。",
    )
)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@json_option
def backup(target: Path | None, as_json: bool) -> None:
    start_django()
    from pengcheng.shell.backup import BackupError, check, make
    from pengcheng.shell.backup.make import default_name
    from pengcheng.shell.home import home

    path = (target or Path()).resolve()
    path = path / default_name() if path.is_dir() else path
    if path.exists():
        stop(f"{path} exists; choose another name", f"{path} 已存在；请换一个名称")
    if not path.parent.is_dir():
        stop(f"{path.parent} is no folder; make it first", f"目录 {path.parent} 不存在；请先创建")
    try:
        with shown("Copying", "复制") as tell:
            make(home(), path, tell)
        with shown("Proving by restoring aside", "试恢复验证") as tell:
            checked = check(path, home(), tell)
    except BackupError as error:
        stop(error.en, error.zh)
    report(path, checked, as_json=as_json)


@click.command(
    help=say(
        "Put a backup back. It is restored aside, rows are counted and the audit chain is"
        " recomputed; only then it takes the city's place. The former city is kept.",
        "恢复备份：先在旁处试恢复，核对行数并重算审计链，通过后才替换。原有数据会保留。",
    )
)
@file_argument
@click.option("--yes", is_flag=True, help=say("Replace the city that is there.", "替换现有城市。"))
@click.option("--check", "only_check", is_flag=True, help=say("Prove it only.", "仅验证。"))
@json_option
def restore(source: Path, yes: bool, only_check: bool, as_json: bool) -> None:
    start_django()
    from pengcheng.shell.backup import BackupError, check
    from pengcheng.shell.backup import restore as put_back
    from pengcheng.shell.home import home

    folder = home()
    if not (yes or only_check) and city_is_there():
        stop(
            "there is a city here; --yes replaces it (it is kept under another name)",
            "此处已有城市；如需替换请加 --yes（原数据会改名保留）",
        )
    try:
        if only_check:
            with shown("Proving", "验证") as tell:
                done = check(source, folder, tell)
        else:
            with held(folder), shown("Restoring", "恢复") as tell:
                done = put_back(source, folder, tell)
    except BackupError as error:
        stop(error.en, error.zh)
    report(source, done, as_json=as_json)


def city_is_there() -> bool:
    """Whether the database has tables; an empty or unreadable one holds nothing to lose."""
    from django.db import DatabaseError, connection

    try:
        return bool(connection.introspection.table_names())
    except DatabaseError:
        return False


def report(path: Path, done: Restored, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(path), **msgspec.to_builtins(done)})
        return
    rows = sum(done.proof.tables.values())
    size = path.stat().st_size / 1e6
    console.print(
        say(
            f"{path}: {size:.1f} MB, {len(done.proof.tables)} tables, {rows} rows,"
            f" {done.proof.audit_lines} audit lines, all proved",
            f"{path}：{size:.1f} MB，{len(done.proof.tables)} 张表，{rows} 行，"
            f"{done.proof.audit_lines} 条审计记录，均已验证",
        )
    )
    if done.kept:
        console.print(say(f"The former city: {done.kept}", f"原有数据：{done.kept}"))
