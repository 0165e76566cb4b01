"""Whether what shall stand on a licence fits its kind, and how long it holds."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pengcheng.domains.licences.contracts import Field, LicenceType
from pengcheng.kernel.problems import FieldError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_CODE = re.compile(r"[0-9A-Za-z()（）./_-]{1,64}")


def written(
    kind: LicenceType, values: Mapping[str, Any]
) -> tuple[dict[str, str], list[FieldError]]:
    """The values as they will stand there, in the kind's order, and what is wrong with them."""
    found: dict[str, str] = {}
    errors = [_unknown(str(key)) for key in values if key not in {f.key for f in kind.fields}]
    for field in kind.fields:
        text = _text(values.get(field.key))
        error = _error(field, text)
        if error is not None:
            errors.append(error)
        elif text:
            found[field.key] = text
    return found, errors


def shown(field: Field, text: str, language: str) -> str:
    """A value as people read it: the words of a choice in their language."""
    for choice in field.choices:
        if choice.id == text:
            return choice.en if language.startswith("en") else choice.zh
    return text


def last_day(kind: LicenceType, first: date) -> date | None:
    """The last day on which a licence of the kind holds; None: long term."""
    if kind.long_term:
        return None
    months = first.year * 12 + first.month - 1 + kind.years * 12 + kind.months
    year, month = divmod(months, 12)
    end = _day(year, month + 1, first.day) if kind.years or kind.months else first
    return end + timedelta(days=kind.days) - timedelta(days=1)


def _day(year: int, month: int, day: int) -> date:
    """That day, or the month's last if it has fewer."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value).strip()


def _error(field: Field, text: str) -> FieldError | None:
    pointer = f"/values/{field.key}"
    if not text:
        return _say(pointer, field, "不能为空", "is missing") if field.required else None
    if len(text) > field.longest or _CONTROL.search(text):
        return _say(
            pointer, field, "过长或含无效字符", "is too long or has characters of no meaning"
        )
    if not _FITS[field.kind](field, text):
        return _say(pointer, field, "格式有误", "is not in the right form")
    return None


def _say(pointer: str, field: Field, zh: str, en: str) -> FieldError:
    return FieldError(pointer, f"{field.zh}{zh}", f"{field.en} {en}")


def _unknown(key: str) -> FieldError:
    return FieldError(f"/values/{key[:40]}", "证照上没有此项", "There is no such line on it")


def _is_date(field: Field, text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_number(field: Field, text: str) -> bool:
    try:
        return Decimal(text).is_finite() and text.isascii() and "_" not in text
    except InvalidOperation:
        return False


_FITS: dict[str, Callable[[Field, str], bool]] = {
    "text": lambda field, text: True,
    "date": _is_date,
    "number": _is_number,
    "choice": lambda field, text: text in {choice.id for choice in field.choices},
    "code": lambda field, text: _CODE.fullmatch(text) is not None,
}
