"""What travels with a licence: its lines, and what follows from them and says less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pengcheng.domains.licences.contracts import Choice, Field, LicenceType
from pengcheng.domains.licences.rules import values

AGES = (18, 60)
BORN = "born_on"
NAMESPACE = "pengcheng.licences.1"
_YES_NO = (Choice("true", "是", "yes"), Choice("false", "否", "no"))
_COMMON = (
    Field(key="holder_name", zh="持证人", en="Holder", card=True),
    Field(key="number", zh="证照编号", en="Number of the licence"),
)


def doc_type(kind: str) -> str:
    """The kind's name among mobile documents."""
    return f"pengcheng.licences.{kind}.1"


def kind_of(doc_type: str) -> str:
    return doc_type.removeprefix("pengcheng.licences.").removesuffix(".1")


def fields(kind: LicenceType) -> tuple[Field, ...]:
    """Everything of a kind that a holder can show line by line."""
    born = any(field.key == BORN for field in kind.fields)
    ages = tuple(_age(years) for years in AGES) if born else ()
    return (*_COMMON, *ages, *kind.fields)


def _age(years: int) -> Field:
    return Field(
        key=f"age_over_{years}",
        zh=f"年满{years}周岁",
        en=f"{years} years old or older",
        kind="choice",
        choices=_YES_NO,
    )


def ages(told: Mapping[str, str], on: date) -> dict[str, bool]:
    """`age_over_NN`, from the date of birth: true or false tells less than the date."""
    try:
        born = date.fromisoformat(told.get(BORN, ""))
    except ValueError:
        return {}
    return {f"age_over_{years}": _reached(born, years, on) for years in AGES}


def _reached(born: date, years: int, on: date) -> bool:
    """Whoever was born on 29 February is a year older on 1 March."""
    return (on.year - born.year - years, on.month, on.day) >= (0, born.month, born.day)


def lines(kind: LicenceType, told: dict[str, Any], *, own: bool = False) -> tuple[Any, ...]:
    """(label, Chinese, English) of what was shown, in the kind's order."""
    every = kind.fields if own else fields(kind)
    return tuple(
        (
            field.label,
            values.shown(field, _text(told[field.key]), "zh-hans"),
            values.shown(field, _text(told[field.key]), "en"),
        )
        for field in every
        if field.key in told
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
