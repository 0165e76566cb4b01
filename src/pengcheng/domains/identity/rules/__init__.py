"""Decisions about accounts: names, roles, lock-out guards and how often one may try to sign in."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from datetime import timedelta

import msgspec

from pengcheng.domains.identity.contracts import ROLES, NewAccount
from pengcheng.kernel.problems import FieldError

KNOWN_ROLES = frozenset(role.id for role in ROLES)
OFFICIAL_ROLES = KNOWN_ROLES - {"citizen"}
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
NAME_LENGTH = 60
PASSWORD_LEAST = 10
# Long enough for any pass phrase; more would only let strangers buy our hashing time.
PASSWORD_LENGTH = 128


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """So many attempts on one key in one window."""

    scope: str
    attempts: int
    window: timedelta


PAIR_LIMIT = Limit(scope="pair", attempts=5, window=timedelta(minutes=5))
ACCOUNT_LIMIT = Limit(scope="account", attempts=30, window=timedelta(hours=1))
ADDRESS_LIMIT = Limit(scope="address", attempts=60, window=timedelta(minutes=15))
REGISTER_LIMIT = Limit(scope="register", attempts=10, window=timedelta(hours=1))

# Officials see other people's data, so they prove themselves again each working day.
CITIZEN_SESSION = timedelta(hours=24)
OFFICIAL_SESSION = timedelta(hours=9)
# How exactly "last used" is known: more often would cost each request a write.
SEEN_EVERY = timedelta(minutes=5)
# How long the traces of a past session are kept for its owner to see.
SESSION_TRACE = timedelta(days=180)


def normal_username(typed: str) -> str:
    """One spelling per username, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def printable(text: str, length: int) -> str:
    """What may be stored and shown of a text that a stranger's program sent."""
    return "".join(char for char in text[:length] if char.isprintable())


def session_length(roles: frozenset[str]) -> timedelta:
    """How long one sign-in lasts."""
    return OFFICIAL_SESSION if roles & OFFICIAL_ROLES else CITIZEN_SESSION


def network(address: str) -> str:
    """The address as limits count it: an IPv6 subscriber owns a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False))


def throttle_key(limit: Limit, *parts: str) -> str:
    """A key without readable names: people type passwords into the wrong field."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"{limit.scope}:{digest}"


def wrong_fields(new: NewAccount, username: str) -> tuple[FieldError, ...]:
    """What must be put right before the account can be opened (the password is judged apart)."""
    found: list[FieldError] = []
    if not _USERNAME.fullmatch(username):
        found.append(
            FieldError(
                "/username",
                "用户名须为 3 至 32 个字符，以小写字母开头，只含小写字母、数字、点、横线和下划线",
                "The username must have 3 to 32 characters, begin with a letter and contain only "
                "lower-case letters, digits, dots, hyphens and underscores",
            )
        )
    found.extend(_wrong_name("/name_zh", new.name_zh, required=True))
    found.extend(_wrong_name("/name_en", new.name_en, required=False))
    found.extend(unknown_roles(new.roles))
    return tuple(found)


def _wrong_name(pointer: str, name: str, *, required: bool) -> list[FieldError]:
    if required and not name.strip():
        return [FieldError(pointer, "请填写姓名或名称", "Enter a name")]
    if len(name) > NAME_LENGTH:
        return [
            FieldError(
                pointer,
                f"姓名或名称不能超过 {NAME_LENGTH} 个字符",
                f"The name must have {NAME_LENGTH} characters or fewer",
            )
        ]
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in name):
        return [
            FieldError(
                pointer, "姓名或名称含有无法显示的字符", "The name contains an invisible character"
            )
        ]
    return []


def wrong_password_length(password: str) -> list[FieldError]:
    """Whether a password is too short or too long; Django says the former in English only."""
    least, most = PASSWORD_LEAST, PASSWORD_LENGTH
    if len(password) < least:
        zh, en = (
            f"密码至少须有 {least} 个字符",
            f"The password must have {least} characters or more",
        )
        return [FieldError("/password", zh, en)]
    if len(password) > most:
        zh, en = f"密码不能超过 {most} 个字符", f"The password must have {most} characters or fewer"
        return [FieldError("/password", zh, en)]
    return []


def unknown_roles(roles: tuple[str, ...]) -> list[FieldError]:
    """Roles nobody has heard of."""
    strange = sorted(set(roles) - KNOWN_ROLES)
    if not strange:
        return []
    names = ", ".join(strange)
    return [FieldError("/roles", f"没有这样的角色：{names}", f"There is no such role: {names}")]


def locks_out(*, actor: str, account: str, other_admins: int) -> FieldError | None:
    """Why an administrator may not be taken away: nobody shuts the door behind themselves."""
    if actor == account:
        return FieldError(
            "", "不能停用自己或取消自己的管理员角色", "You cannot take this away from yourself"
        )
    if other_admins == 0:
        return FieldError("", "至少须保留一名管理员", "At least one administrator must remain")
    return None
