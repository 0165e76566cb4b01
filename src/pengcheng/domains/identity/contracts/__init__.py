"""What others may see of an account, and the words for it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Kind = Literal["person", "organisation", "official"]


class Role(msgspec.Struct, frozen=True):
    """A role someone can hold, with its titles."""

    id: str
    zh: str
    en: str


ROLES: tuple[Role, ...] = (
    Role("citizen", "市民或企业", "Citizen or firm"),
    Role("official", "办事人员", "Official"),
    Role("supervisor", "办件主管", "Casework supervisor"),
    Role("grid_worker", "网格员", "Grid worker"),
    Role("commander", "指挥长", "Commander"),
    Role("steward", "数据管理员", "Data steward"),
    Role("security_officer", "安全管理员", "Security officer"),
    Role("terminal", "核验终端", "Terminal"),
    Role("developer", "开发人员", "Developer"),
    Role("admin", "系统管理员", "Administrator"),
)


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of whoever opens an account."""

    username: str
    password: str
    name_zh: str
    name_en: str = ""
    kind: Kind = "person"
    roles: tuple[str, ...] = ("citizen",)
    organisation: str = ""
    simulated: bool = False


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it stands; never its password."""

    id: str
    username: str
    name_zh: str
    name_en: str
    kind: Kind
    roles: tuple[str, ...]
    organisation: str
    simulated: bool
    disabled: bool
    created_at: datetime
    signed_in_at: datetime | None
    password_changed_at: datetime | None

    def name(self, language: str) -> str:
        """The name in the reader's language, else in the other one."""
        first, second = self.name_zh, self.name_en
        if language.startswith("en"):
            first, second = second, first
        return first or second or self.username


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """One place where an account is signed in."""

    id: str
    address: str
    browser: str
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None = None
    level: str = ""
    methods: tuple[str, ...] = ()
    current: bool = False
    open: bool = False


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a search among the accounts."""

    accounts: tuple[AccountView, ...]
    total: int
    page: int
    pages: int


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Someone at the door: who they say they are, and where they come from."""

    username: str
    password: str
    address: str
    browser: str = ""


# --- registers --------------------------------------------------------------------------


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """A register of the city; those here are simulated and say so in their titles."""

    id: str
    zh: str
    en: str
    owner_zh: str
    owner_en: str
    attributes: tuple[str, ...]

    def title(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


REGISTERS: tuple[Register, ...] = (
    Register(
        id="identity.person",
        zh="人口登记（模拟）",
        en="Population register (simulated)",
        owner_zh="公安机关户政部门（模拟）",
        owner_en="Household registration office (simulated)",
        attributes=(
            "name",
            "resident_id",
            "birth_date",
            "household",
            "mobile",
            "parent",
            "guardian",
        ),
    ),
    Register(
        id="identity.organisation",
        zh="市场主体登记（模拟）",
        en="Business register (simulated)",
        owner_zh="市场监督管理部门（模拟）",
        owner_en="Market supervision (simulated)",
        attributes=("name", "credit_code", "representative"),
    ),
    Register(
        id="labour.person",
        zh="学历与参保登记（模拟）",
        en="Register of degrees and insurance (simulated)",
        owner_zh="人力资源和社会保障部门（模拟）",
        owner_en="Human resources and social security (simulated)",
        attributes=("degree", "graduated_on", "insured_since"),
    ),
)


class Extract(msgspec.Struct, frozen=True, kw_only=True):
    """What a register says about one account; empty when it knows nothing."""

    register: str
    values: dict[str, str]
    retrieved_at: datetime


class RegisterState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a register answers, and how many people and firms it knows."""

    register: Register
    known: int
    down_since: datetime | None
