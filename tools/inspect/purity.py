"""Rules, contracts and events decide and describe: no framework, no network, no files, no clock."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import calls, domains, imports, where

ROOMS = ("rules", "contracts", "events")
NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl",
    "subprocess", "urllib.request", "urllib3", "xmlrpc",
}  # fmt: skip
OUTSIDE = NETWORK | {"django", "ninja", "os", "psycopg", "random", "secrets", "sqlite3", "time"}
PURE_KERNEL = {"problems", "event", "context", "ids", "workcalendar"}


def check(root: Path) -> list[str]:
    found = []
    for domain in domains(root):
        for room in ROOMS:
            for path in domain.room(room):
                found += _judge(root, path)
    return found


def _judge(root: Path, path: Path) -> list[str]:
    found = []
    for line, name, _ in imports(path):
        if _is_outside(name):
            found.append(f"{where(root, path, line)}: imports {name}; pass its result in")
    for call, name in calls(path):
        if name in {"open", "input", "print"}:
            found.append(f"{where(root, path, call.lineno)}: {name}() in a pure room")
    return found


def _is_outside(name: str) -> bool:
    if name.startswith("pengcheng.kernel."):
        return name.split(".")[2] not in PURE_KERNEL
    return any(name == outer or name.startswith(f"{outer}.") for outer in OUTSIDE)
