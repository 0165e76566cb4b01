"""The demo's persons: invented, marked so wherever their names are shown.

They share one password, made at the first load and kept for the owner of the home only.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from pengcheng.demo import mandates, registers
from pengcheng.demo.loader import Tell
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import NewAccount
from pengcheng.kernel.context import system_context

# Without letters and digits that look alike, so that it can be read off a screen.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
PERSONS = (
    ("citizen", "陈晓明（虚构）", "Chen Xiaoming (invented)", "person", ("citizen",), ""),
    (
        "firm",
        "鹏城示例餐饮有限公司（虚构）",
        "Pengcheng Sample Catering Co. (invented)",
        "organisation",
        ("citizen",),
        "",
    ),
    ("child", "陈小鹏（虚构）", "Chen Xiaopeng (invented)", "person", ("citizen",), ""),
    ("senior", "何美玉（虚构）", "He Meiyu (invented)", "person", ("citizen",), ""),
    (
        "official",
        "林静（虚构）",
        "Lin Jing (invented)",
        "official",
        ("official",),
        "演示政务服务中心",
    ),
    (
        "supervisor",
        "何敏（虚构）",
        "He Min (invented)",
        "official",
        ("official", "supervisor"),
        "演示政务服务监督组",
    ),
    # The second pair of eyes when the supervisor changes a rule, and the other way round.
    (
        "steward",
        "许诺（虚构）",
        "Xu Nuo (invented)",
        "official",
        ("steward",),
        "演示政务服务数据管理局",
    ),
    (
        "commander",
        "周海（虚构）",
        "Zhou Hai (invented)",
        "official",
        ("commander",),
        "演示城市运行中心",
    ),
    ("admin", "系统管理员（虚构）", "Administrator (invented)", "official", ("admin",), ""),
    # Officials of single departments: each sees the cases of their own group only.
    *(
        (username, f"{zh}（虚构）", f"{en} (invented)", "official", ("official",), office)
        for username, zh, en, office in (
            ("market", "马岚", "Ma Lan", "演示市场监督管理局登记处"),
            ("food", "石宁", "Shi Ning", "演示市场监督管理局食品处"),
            ("fire", "霍平", "Huo Ping", "演示消防救援支队"),
            ("health", "温和", "Wen He", "演示卫生健康委员会"),
            ("police", "方正", "Fang Zheng", "演示公安局"),
            ("social", "余庆", "Yu Qing", "演示人力资源和社会保障局"),
            ("planning", "路远", "Lu Yuan", "演示规划和自然资源局"),
            ("water", "江澄", "Jiang Cheng", "演示水务局"),
            ("housing", "梁栋", "Liang Dong", "演示住房和建设局"),
        )
    ),
)


def password_file() -> Path:
    return Path(settings.PENGCHENG_HOME) / "demo-password"


def password() -> str:
    """The demo password, made when first asked for."""
    path = password_file()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    with os.fdopen(descriptor, "w") as file:
        made = "-".join(groups)
        file.write(made)
    return made


def load(tell: Tell) -> int:
    """Open the accounts that are missing."""
    context = system_context("demo").for_purpose("demo.setup")
    for number, person in enumerate(PERSONS, start=1):
        if identity.find_by_username(context, username=person[0]) is None:
            identity.create_account(context, new=_new(*person))
        tell(number, len(PERSONS))
    registers.load()
    mandates.load()
    return len(PERSONS)


def _new(
    username: str, zh: str, en: str, kind: str, roles: tuple[str, ...], organisation: str
) -> NewAccount:
    return NewAccount(
        username=username,
        password=password(),
        name_zh=zh,
        name_en=en,
        kind=kind,  # type: ignore[arg-type]
        roles=roles,
        organisation=organisation,
        simulated=True,
    )
