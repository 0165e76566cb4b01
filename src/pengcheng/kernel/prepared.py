"""Queries whose text is worked out once: looking up rows by key, and appending a row.

Django composes the SQL of a query anew each time, which for a small row costs several times what
the database takes to find it. Here it is composed once a connection; after that only the values
are filled in. What is kept is SQL text, never a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import get_connection

M = TypeVar("M", bound=models.Model)
_PLACE = "_pengcheng_prepared"


class _Key(str):
    """Holds the place of a key while the SQL is composed."""

    __slots__ = ("number",)
    number: int


def _key(number: int) -> _Key:
    key = _Key(f"key {number}")
    key.number = number
    return key


class _Composed:
    """The SQL for one connection, where the keys go, and how the values of a row are read."""

    def __init__(self, rows: models.QuerySet[Any], connection: BaseDatabaseWrapper) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        self.model = rows.model
        self.names = [column.target.attname for column in columns]
        self.converters = [
            (place, convert, column)
            for place, (converters, column) in compiler.get_converters(columns).items()
            for convert in converters
        ]

    def filled(self, keys: Sequence[str]) -> list[Any]:
        return [keys[p.number] if isinstance(p, _Key) else p for p in self.params]

    def read(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        values = list(row)
        for place, convert, column in self.converters:
            values[place] = convert(values[place], column, connection)
        return self.model.from_db(connection.alias, self.names, values)


class Lookup(Generic[M]):
    """Rows by text keys: ``Lookup(lambda id: Draft.objects.filter(pk=id))``; kept as a constant.

    The queryset takes whole rows of its model, and each key as it is.
    """

    def __init__(self, rows: Callable[..., models.QuerySet[M]], keys: int = 1) -> None:
        self._rows, self._keys = rows, keys

    def all(self, *keys: str) -> list[M]:
        """Every row for these keys."""
        connection = get_connection()
        composed = _kept(connection, self, self._compose)
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, composed.filled(keys))
            found = cursor.fetchall()
        return [composed.read(row, connection) for row in found]

    def first(self, *keys: str) -> M | None:
        """The first row for these keys, if there is one."""
        found = self.all(*keys)
        return found[0] if found else None

    def _compose(self, connection: BaseDatabaseWrapper) -> _Composed:
        return _Composed(self._rows(*map(_key, range(self._keys))), connection)


class _Insertion:
    """The INSERT of a model for one connection; a running number is given by the database."""

    def __init__(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> None:
        quote, meta = connection.ops.quote_name, model._meta
        auto = isinstance(meta.pk, models.AutoField)
        self.number = meta.pk.attname if auto else ""
        self.fields = [f for f in meta.local_concrete_fields if not (auto and f.primary_key)]
        names = ", ".join(quote(str(field.column)) for field in self.fields)
        places = ", ".join(["%s"] * len(self.fields))
        # Names come from our own models, values stay parameters.
        held = f"({names}) VALUES ({places})" if names else "DEFAULT VALUES"
        self.sql = f"INSERT INTO {quote(meta.db_table)} {held}"
        if auto:
            self.sql += f" RETURNING {quote(str(meta.pk.column))}"

        self.plain = [_plain(field) for field in self.fields]

    def params(self, row: models.Model, connection: BaseDatabaseWrapper) -> list[Any]:
        held = vars(row)
        values = []
        for field, plain in zip(self.fields, self.plain, strict=True):
            value = held.get(field.attname)
            if plain is None or type(value) is not plain:
                value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
            values.append(value)
        return values


_PLAIN: dict[type[models.Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BooleanField: bool,
}


def _plain(field: models.Field[Any, Any]) -> type | None:
    """The Python type that goes into this column as it is; None when the field has its own way."""
    return _PLAIN.get(type(field))


def append(row: M) -> M:
    """Insert the row, which must be new. Sends no signals and looks at no parents."""
    connection = get_connection()
    insertion = _kept(connection, type(row), lambda at: _Insertion(type(row), at))
    with connection.cursor() as cursor:
        cursor.execute(insertion.sql, insertion.params(row, connection))
        if insertion.number:
            setattr(row, insertion.number, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, connection.alias
    return row


def _kept(
    connection: BaseDatabaseWrapper, name: Any, make: Callable[[BaseDatabaseWrapper], Any]
) -> Any:
    """What was composed for this connection. It lies with the connection and goes with it."""
    known: dict[Any, Any] = vars(connection).setdefault(_PLACE, {})
    if name not in known:
        known[name] = make(connection)
    return known[name]
