"""Checks of the machine and the installed files."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.letters import chinese_font
from pengcheng.shell.doctor.finding import Finding, fail, ok, warn
from pengcheng.shell.processes import place

PACKAGE = Path(__file__).resolve().parents[2]
SECRETS = ("secret.key", "session.key", "broker.key", "demo-password")
LITTLE = 1 << 30
TOO_LITTLE = 100 << 20
GIGABYTE = 1e9


def secrets(home: Path) -> Finding:
    """Secrets are for their owner only."""
    open_ones = [path for path in _private(home) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if not open_ones:
        return ok("secrets", "secrets are readable by their owner only", "密钥仅所有者可读")
    names = " ".join(str(path) for path in open_ones)
    return fail(
        "secrets",
        f"others may read: {names}",
        f"他人可读取：{names}",
        f"run: chmod go= {names}",
        f"请运行：chmod go= {names}",
    )


def _private(home: Path) -> list[Path]:
    named = [home / name for name in SECRETS] + list(home.glob("keys/*/*.key"))
    databases = [*home.glob("*.sqlite3"), home / "run", home / "uploads"]
    # The home's own mode protects the databases; they are named only when it does not.
    within = [] if not stat.S_IMODE(home.stat().st_mode) & 0o077 else databases
    return [path for path in (*named, *within) if path.exists()]


def disk(home: Path) -> Finding:
    """Room for the database to grow."""
    free = shutil.disk_usage(home).free
    said = (f"{free / GIGABYTE:.1f} GB free on the disk", f"磁盘剩余 {free / GIGABYTE:.1f} GB")
    advice = (
        f"make room, or move the home (PENGCHENG_HOME={home}) to a larger disk",
        f"请清理空间，或将数据目录（PENGCHENG_HOME={home}）迁至更大的磁盘",
    )
    if free < TOO_LITTLE:
        return fail("disk", *said, *advice)
    return warn("disk", *said, *advice) if free < LITTLE else ok("disk", *said)


def assets() -> Finding:
    """The front-end files that no page can do without."""
    vendor = PACKAGE / "shell" / "static" / "vendor"
    needed = ("govuk-frontend.css", "tabler.css", "echarts.mjs", "maplibre-gl.mjs")
    missing = [name for name in needed if not (vendor / name).exists()]
    if not missing:
        return ok("assets", "front-end files are there", "前端文件齐全")
    return fail(
        "assets",
        f"front-end files are missing: {', '.join(missing)}",
        f"缺少前端文件：{', '.join(missing)}",
        "run: make assets",
        "请运行：make assets",
    )


def letters() -> Finding:
    """Letters and sealed papers are set with a Chinese font of the machine."""
    try:
        name = chinese_font()
    except Unavailable as problem:
        return warn(
            "letters",
            problem.en,
            problem.zh,
            "install one and start the city again: apt install fonts-noto-cjk",
            "请安装后重新启动：apt install fonts-noto-cjk",
        )
    return ok("letters", f"letters are set in {name}", f"文书使用字体 {name}")


def translations() -> Finding:
    """Each catalogue compiled, and not older than its text (an installer mixes their times)."""
    texts = list(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"))
    stale = [path for path in texts if not _is_compiled(path)]
    if not stale:
        return ok("translations", "translations are compiled", "译文已编译")
    return warn(
        "translations",
        f"{len(stale)} translations are not compiled, e.g. {stale[0].relative_to(PACKAGE)}",
        f"有 {len(stale)} 份译文未编译，如 {stale[0].relative_to(PACKAGE)}",
        "run: make assets",
        "请运行：make assets",
    )


def _is_compiled(text: Path) -> bool:
    compiled = text.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime + 30 >= text.stat().st_mtime


def processes(home: Path) -> Finding:
    """Whether the city runs."""
    if not (home / "run").exists():
        holder = None
    else:
        holder = place.holder(home)
    if holder is None:
        return ok("processes", "the city stands still", "城市未在运行")
    if holder.isdigit() and not _alive(int(holder)):
        return warn(
            "processes",
            "the lock is held by a process that cannot be seen",
            "运行锁由不可见的进程持有",
            "look at other containers that use this home",
            "请检查使用同一数据目录的其他容器",
        )
    return ok("processes", f"the city runs (process {holder})", f"城市正在运行（进程 {holder}）")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
