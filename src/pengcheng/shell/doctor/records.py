"""Checks of the database and what is kept in it."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

from django.db import DatabaseError, connection

from pengcheng.domains.ledger import api as record
from pengcheng.kernel import audit, relay
from pengcheng.kernel import clock as city_clock
from pengcheng.kernel import jobs as queue
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import AuditEntry, Delivery, Job
from pengcheng.shell.doctor.finding import Finding, fail, ok, warn
from pengcheng.shell.setup.database import missing_migrations
from pengcheng.shell.setup.stamps import Stamps, database_mark

LATE = timedelta(minutes=5)
SKEW = timedelta(seconds=5)
MANY = 1000


def database() -> Finding:
    """It answers, and SQLite's own check finds it whole."""
    name = connection.settings_dict["NAME"]
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA quick_check(1)")
                found = str(cursor.fetchone()[0])
            else:
                cursor.execute("SELECT 'ok'")
                found = str(cursor.fetchone()[0])
    except DatabaseError as error:
        return _unreadable(str(error).strip().splitlines()[0])
    if found != "ok":
        return _unreadable(found)
    return ok("database", f"{connection.vendor} answers ({name})", f"{connection.vendor} 正常")


def _unreadable(reason: str) -> Finding:
    return fail(
        "database",
        f"the database cannot be read: {reason}",
        f"数据库无法读取：{reason}",
        "check PENGCHENG_DATABASE_URL and the disk, or put back a backup: pengcheng restore FILE",
        "请检查 PENGCHENG_DATABASE_URL 与磁盘，或恢复备份：pengcheng restore 文件",
    )


def migrations() -> Finding:
    """The tables are those of this version."""
    missing = missing_migrations()
    if not missing:
        return ok("migrations", "tables are up to date", "数据表为最新版本")
    return fail(
        "migrations",
        f"{missing} migrations are missing",
        f"缺少 {missing} 项数据表迁移",
        "stop the city and run: pengcheng run",
        "请停止城市后运行：pengcheng run",
    )


def clock() -> Finding:
    """The machine's clock against the database's, and against what was written last."""
    ahead = _newest_entry_ahead()
    if ahead > SKEW:
        return fail(
            "clock",
            f"the clock is {ahead} behind the last audit line",
            f"时钟比最近一条审计记录慢 {ahead}",
            "set the machine's clock (timedatectl set-ntp true)",
            "请校准系统时钟（timedatectl set-ntp true）",
        )
    skew = abs(_database_skew())
    if skew > SKEW:
        return warn(
            "clock",
            f"machine and database differ by {skew}",
            f"系统与数据库时钟相差 {skew}",
            "set both clocks by NTP",
            "请用 NTP 校准两者",
        )
    return ok("clock", "the clock runs with the records", "时钟正常")


def _newest_entry_ahead() -> timedelta:
    newest = AuditEntry.objects.order_by("-position").values_list("time", flat=True).first()
    return newest - city_clock.now() if newest else timedelta(0)


def _database_skew() -> timedelta:
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told = cursor.fetchone()[0]
    difference: timedelta = told.astimezone(UTC) - city_clock.now()
    return difference


def audit_chain() -> Finding:
    """Every line recomputed from the first."""
    report = audit.verify()
    if report.whole:
        return ok(
            "audit", f"the audit chain is whole ({report.count} lines)",
            f"审计链完整（{report.count} 条）",
        )  # fmt: skip
    place = report.broken_at or report.head[:16]
    return fail(
        "audit",
        f"the audit chain is broken at {place}: {report.reason}",
        f"审计链在 {place} 处断裂：{report.reason}",
        "stop the city, keep the database as evidence, compare with a backup, tell who is"
        " responsible for security",
        "请停止城市，保留数据库作为证据，与备份比对，并告知安全负责人",
    )


def outbox() -> Finding:
    """Events that nobody could handle, or that wait for long."""
    count = relay.backlog()
    if count["dead"]:
        return fail(
            "outbox",
            f"{count['dead']} deliveries failed for good",
            f"{count['dead']} 次事件投递彻底失败",
            "read the worker's log, mend the cause, then: pengcheng doctor --retry",
            "请查看工作进程日志、排除原因后运行：pengcheng doctor --retry",
        )
    late = Delivery.objects.filter(
        state=Delivery.State.PENDING, due__lt=city_clock.now() - LATE
    ).count()
    return _waiting("outbox", late, count["pending"], ("events", "事件"))


def jobs() -> Finding:
    """Jobs that failed for good, or wait for long."""
    count = queue.backlog()
    if count["dead"]:
        return fail(
            "jobs",
            f"{count['dead']} jobs failed for good",
            f"{count['dead']} 项任务彻底失败",
            "read the worker's log, mend the cause, then: pengcheng doctor --retry",
            "请查看工作进程日志、排除原因后运行：pengcheng doctor --retry",
        )
    late = Job.objects.filter(state=Job.State.READY, due__lt=city_clock.now() - LATE).count()
    return _waiting("jobs", late, count["ready"], ("jobs", "任务"))


def _waiting(check: str, late: int, all_: int, what: tuple[str, str]) -> Finding:
    if late or all_ > MANY:
        return warn(
            check,
            f"{all_} {what[0]} wait, {late} of them for more than five minutes",
            f"{all_} 项{what[1]}等待处理，其中 {late} 项超过五分钟",
            "is a worker running? pengcheng run starts one, pengcheng work another",
            "请确认工作进程在运行：pengcheng run 会启动，pengcheng work 可增加",
        )
    return ok(check, f"no {what[0]} wait for long ({all_})", f"{what[1]}处理及时（{all_} 项等待）")


def ledger() -> Finding:
    """Who signs the city's record."""
    context = system_context("doctor")
    names = [one.name for one in record.witness_list(context=context)]
    failing = [one.name for one in record.witness_list(context=context) if one.trouble]
    if failing:
        told = ", ".join(failing)
        return warn(
            "ledger",
            f"witnesses of the record do not cosign: {told}",
            f"见证方未能签名：{told}",
            "see: pengcheng ledger witness list",
            "请查看：pengcheng ledger witness list",
        )
    if not names:
        return ok("ledger", "one party signs the record, no witness", "存证链由一方签名，无见证方")
    return ok("ledger", f"one party signs, {len(names)} cosign", f"一方签名，{len(names)} 方见证")


def demo(home: Path) -> Finding:
    """Which parts of the demo are there."""
    done = Stamps(home, database_mark()).done
    parts = sum(name.startswith("demo.") for name in done)
    return ok("demo", f"{parts} parts of the demo are loaded", f"已载入演示数据 {parts} 部分")
