"""Known failures in one line that says what to do; an unknown one keeps its traceback."""

from __future__ import annotations

from pengcheng.shell.cli.words import language, say


def in_one_line(error: Exception) -> str | None:
    """The line for a failure, or None when it is one that nobody foresaw."""
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("pengcheng"):
        return say(
            f"the package {error.name} is missing; run: make run (or pip install pengcheng)",
            f"缺少软件包 {error.name}；请运行：make run（或 pip install pengcheng）",
        )
    if isinstance(error, PermissionError):
        return say(
            f"{error.filename} may not be opened; check its owner, or set PENGCHENG_HOME",
            f"无权访问 {error.filename}；请检查其所有者，或设置 PENGCHENG_HOME",
        )
    if isinstance(error, ValueError) and "PENGCHENG_" in str(error):
        return str(error)
    return _of_the_city(error)


def _of_the_city(error: Exception) -> str | None:
    from django.db import DatabaseError

    from pengcheng.kernel.problems import Problem

    if isinstance(error, DatabaseError):
        return database_line(error)
    if isinstance(error, Problem):
        return f"{error.title(language())} {error.next_step(language())}".strip()
    return None


def database_line(error: Exception) -> str:
    """What a database's refusal means for whoever runs the city."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "not a database" in text or "malformed" in text:
        return say(
            f"the database is unreadable ({text}); put back a backup: pengcheng restore <file>",
            f"数据库无法读取（{text}）；请恢复备份：pengcheng restore <文件>",
        )
    if "no such table" in text or "does not exist" in text:
        return say(
            f"the database is not set up ({text}); run: pengcheng run",
            f"数据库尚未建立（{text}）；请运行：pengcheng run",
        )
    return say(
        f"the database does not answer ({text}); check PENGCHENG_DATABASE_URL and the disk",
        f"数据库没有响应（{text}）；请检查 PENGCHENG_DATABASE_URL 与磁盘",
    )
