"""How values go into the columns of a row: worked out once for each column of a connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
UNTOLD = object()
"""Where a column is not told, its default goes in."""


class Column:
    """How a value goes into a column."""

    def __init__(self, field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> None:
        self.field, self.name, self.connection = field, field.attname, connection
        self.plain = _plain(field)
        self.quick = _quick(field, connection)
        self.empty = field.null and type(field).pre_save is models.Field.pre_save
        self.default = self._default()

    def written(self, value: Any, row: models.Model | None = None) -> Any:
        kind = type(value)
        if kind is self.plain or (value is None and self.empty):
            return value
        if self.quick is not None and kind in _QUICK:
            return self.quick(value)
        if row is not None:
            value = self.field.pre_save(row, add=True)
        return self.field.get_db_prep_save(value, self.connection)

    def _default(self) -> Callable[[], Any]:
        """What stands where nothing is told: worked out once, unless it is made anew each time."""
        if callable(self.field.default):
            return lambda: self.written(self.field.get_default())
        constant = self.written(self.field.get_default())
        return lambda: constant


_PLAIN: dict[type[models.Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BooleanField: bool,
}
_QUICK = frozenset({datetime, dict, list})


def _plain(field: models.Field[Any, Any]) -> type | None:
    """The Python type that goes into this column as it is; None when the field has its own way."""
    if isinstance(field, models.ForeignKey):
        target = field.target_field
        return int if isinstance(target, models.AutoField) else _plain(target)
    return _PLAIN.get(type(field))


def _quick(
    field: models.Field[Any, Any], connection: BaseDatabaseWrapper
) -> Callable[[Any], Any] | None:
    """The last step of Django's own way, for kinds of field whose first steps do nothing here."""
    sqlite = connection.vendor == "sqlite"
    if type(field) is models.DateTimeField and not (field.auto_now or field.auto_now_add):
        slow = connection.ops.adapt_datetimefield_value
        return _sqlite_time(slow) if sqlite and connection.timezone is UTC else slow
    if type(field) is models.JSONField and field.encoder is None:
        return (
            _sqlite_json if sqlite else lambda value: connection.ops.adapt_json_value(value, None)
        )
    return None


def _sqlite_time(slow: Callable[[Any], Any]) -> Callable[[datetime], Any]:
    """The time as Django writes it: in UTC, without saying so."""
    return lambda at: at.isoformat(" ")[:-6] if at.tzinfo is UTC else slow(at)


_JSON = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_JSON |= orjson.OPT_PASSTHROUGH_SUBCLASS


def _sqlite_json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=_JSON).decode()
    except TypeError:  # numbers as names, say: the standard library knows, or says what is wrong
        return json.dumps(value)


def fresh(model: type[M], **values: Any) -> M:
    """A row to be appended, by its columns, without the ceremony of a new one."""
    row = object.__new__(model)
    held = row.__dict__
    constant, made = _defaults(model)
    held.update(constant)
    for name, default in made:
        held[name] = default() if name not in values else None
    if not held.keys() >= values.keys():
        raise TypeError(f"{model.__name__} has no {sorted(values.keys() - held.keys())}")
    held.update(values)
    row._state = ModelState()
    return row


@cache
def _defaults(
    model: type[models.Model],
) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """By column: what is the same for every row, and what is made anew for each."""
    fields = model._meta.local_concrete_fields
    made = tuple((each.attname, each.get_default) for each in fields if callable(each.default))
    named = {name for name, _ in made}
    constant = {each.attname: each.get_default() for each in fields if each.attname not in named}
    return constant, made
