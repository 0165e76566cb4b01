"""Whether the files are there that hold what the broker's store no longer has in rows."""

from __future__ import annotations

import os
from pathlib import Path

from pengcheng.domains.sensing.api import rolled
from pengcheng.shell.doctor.finding import Finding, fail, ok


def history(home: Path) -> Finding:
    """By their sizes; `pengcheng broker files --hash` reads them."""
    live = home / "live.sqlite3"
    database = os.environ.get("PENGCHENG_BROKER_DATABASE") or f"sqlite:///{live}"
    if database.startswith("sqlite") and not live.exists():
        return ok("history", "no history has been rolled", "尚无归档的历史数据")
    folder = rolled.folder(database=database)
    found = list(rolled.check(files=rolled.known(database=database), folder=folder))
    bad = [str(folder / each.name) for each in found if each.state != "whole"]
    if not bad:
        size = sum(each.size for each in found) / 1e6
        return ok(
            "history",
            f"{len(found)} files of history, {size:.1f} MB",
            f"历史数据文件 {len(found)} 个，共 {size:.1f} MB",
        )
    return fail(
        "history",
        f"{len(bad)} of {len(found)} files of history are missing or damaged, e.g. {bad[0]}",
        f"{len(found)} 个历史数据文件中有 {len(bad)} 个缺失或损坏，如 {bad[0]}",
        "put them back from a backup; pengcheng broker files --hash tells which",
        "请从备份中取回；运行 pengcheng broker files --hash 可列出详情",
    )
