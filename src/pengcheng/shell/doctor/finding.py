"""What a check found, in both languages."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`do` is what to do about it; a finding that is ok needs none."""

    check: str
    state: State
    en: str
    zh: str
    do_en: str = ""
    do_zh: str = ""


def ok(check: str, en: str, zh: str) -> Finding:
    return Finding(check=check, state="ok", en=en, zh=zh)


def warn(check: str, en: str, zh: str, do_en: str, do_zh: str) -> Finding:
    return Finding(check=check, state="warn", en=en, zh=zh, do_en=do_en, do_zh=do_zh)


def fail(check: str, en: str, zh: str, do_en: str, do_zh: str) -> Finding:
    return Finding(check=check, state="fail", en=en, zh=zh, do_en=do_en, do_zh=do_zh)
