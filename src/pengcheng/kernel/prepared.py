"""Queries whose text is worked out once: looking up rows by key, and appending rows.

Django composes the SQL of a query anew each time and hands it down through several layers, which
for a small row costs many times what the database takes. Here it is composed once a connection and
given to the driver; after that only the values are filled in. What is kept is SQL text, never a
row. Whoever listens to a connection's statements (tests, debugging) hears these as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.transaction import get_connection

from pengcheng.kernel.columns import UNTOLD, Column

if TYPE_CHECKING:
    from pengcheng.kernel.sqlite.held import Held

M = TypeVar("M", bound=models.Model)
_PLACE = "_pengcheng_prepared"
_MARKS = re.compile("%%|%s")
_CONSTANT = re.compile(r"[A-Za-z0-9_.-]*", re.ASCII)


class _Key(str):
    """Holds the place of a key while the SQL is composed."""

    __slots__ = ("number",)
    number: int


def _key(number: int) -> _Key:
    key = _Key(f"key {number}")
    key.number = number
    return key


class _Statement:
    """SQL as Django writes it, and as the driver of this connection takes it."""

    def __init__(self, sql: str, connection: BaseDatabaseWrapper) -> None:
        self.sql = self.native = sql
        if connection.vendor == "sqlite":
            self.native = _MARKS.sub(lambda mark: "%" if mark[0] == "%%" else "?", sql)

    def run(self, connection: BaseDatabaseWrapper, params: Sequence[Any]) -> Any:
        """The driver's cursor, or Django's where somebody listens to what is asked."""
        if _heard(connection):
            cursor = connection.cursor()
            cursor.execute(self.sql, params)
            return cursor
        native = _cursor(connection)
        with connection.wrap_database_errors:
            native.execute(self.native, params)
        return native

    def run_all(self, connection: BaseDatabaseWrapper, lines: Sequence[Sequence[Any]]) -> None:
        if _heard(connection):
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, lines)
            return
        native = _cursor(connection)
        with connection.wrap_database_errors:
            native.executemany(self.native, lines)
        native.close()


_settings = vars(settings)
"""What has been asked of the settings; empty again when they are overridden."""


def _heard(connection: BaseDatabaseWrapper) -> bool:
    """Whether somebody listens to what this connection is asked."""
    if connection.execute_wrappers or connection.force_debug_cursor:
        return True
    return bool(_settings["DEBUG"] if "DEBUG" in _settings else settings.DEBUG)


def _cursor(connection: BaseDatabaseWrapper) -> Any:
    if connection.connection is None:
        connection.ensure_connection()
    if connection.needs_rollback:
        connection.validate_no_broken_transaction()
    if connection.vendor == "sqlite":
        return connection.connection.cursor()
    return connection.create_cursor()  # it knows the time zone


class _Composed:
    """The SQL for one connection, where the keys go, and how the values of a row are read."""

    def __init__(self, rows: models.QuerySet[Any], connection: BaseDatabaseWrapper) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = _with_constants(*compiler.as_sql())
        self.statement, self.params = _Statement(sql, connection), params
        columns = [column for column, *_ in compiler.select]
        self.model = rows.model
        query = compiler.query
        self.tables = frozenset(str(join.table_name) for join in query.alias_map.values())
        self.locks = query.select_for_update
        self.names = [column.target.attname for column in columns]
        self.converters = [
            (place, convert, column)
            for place, (converters, column) in compiler.get_converters(columns).items()
            for convert in converters
        ]

    def filled(self, keys: Sequence[str | int]) -> list[Any]:
        return [keys[p.number] if isinstance(p, _Key) else p for p in self.params]

    def read(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        """The row as its model, without the ceremony of a new one; nothing listens to that."""
        values = list(row)
        for place, convert, column in self.converters:
            values[place] = convert(values[place], column, connection)
        found = object.__new__(self.model)
        found.__dict__.update(zip(self.names, values, strict=True))
        found._state = state = ModelState()
        state.adding, state.db = False, connection.alias
        return found


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Plain constants are written out: behind a placeholder they hide that a partial index fits."""
    values, bound = iter(params), []

    def placed(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return mark[0]
        value = next(values)
        if type(value) is int:
            return str(value)
        if type(value) is str and _CONSTANT.fullmatch(value):
            return f"'{value}'"
        bound.append(value)
        return mark[0]

    return _MARKS.sub(placed, sql), bound


class Lookup(Generic[M]):
    """Rows by keys: ``Lookup(lambda id: Draft.objects.filter(pk=id))``; kept as a constant.

    The queryset takes whole rows of its model, and each key as it is.
    """

    def __init__(self, rows: Callable[..., models.QuerySet[M]], keys: int = 1) -> None:
        self._rows, self._keys = rows, keys

    def all(self, *keys: str | int) -> list[M]:
        """Every row for these keys."""
        connection = get_connection()
        composed: _Composed = _kept(connection, self, self._compose)
        held = _held(connection)
        if held is not None and (composed.locks or held.touches(composed.tables)):
            _settle(connection)
        cursor = composed.statement.run(connection, composed.filled(keys))
        with connection.wrap_database_errors:
            found = cursor.fetchall()
        cursor.close()
        return [composed.read(row, connection) for row in found]

    def first(self, *keys: str | int) -> M | None:
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
        sql = f"INSERT INTO {quote(meta.db_table)} {held}"
        self.silent = _Statement(sql, connection)
        returned = f" RETURNING {quote(str(meta.pk.column))}" if auto else ""
        self.telling = _Statement(sql + returned, connection)
        self._parts = sql.removesuffix(f"({places})"), f"({places})", returned
        self.table = meta.db_table
        columns = [Column(field, connection) for field in self.fields]
        self.columns = [(each.name, each.plain, each.written, each.default) for each in columns]

    def several(self, count: int, connection: BaseDatabaseWrapper) -> _Statement:
        """The statement for so many rows at once."""
        head, line, tail = self._parts
        return _Statement(head + ", ".join([line] * count) + tail, connection)

    def write(self, lines: Sequence[Sequence[Any]], connection: BaseDatabaseWrapper) -> None:
        if len(lines) > 1:
            self.silent.run_all(connection, lines)
        else:
            self.silent.run(connection, lines[0]).close()

    def of_row(self, row: models.Model) -> list[Any]:
        held = vars(row).get
        return [
            value if type(value := held(name)) is plain else written(value, row)
            for name, plain, written, _default in self.columns
        ]

    def of_values(self, values: Mapping[str, Any]) -> list[Any]:
        told = values.get
        return [
            value
            if type(value := told(name, UNTOLD)) is plain
            else (default() if value is UNTOLD else written(value))
            for name, plain, written, default in self.columns
        ]


def append(row: M) -> M:
    """Insert the row, which must be new. Sends no signals and looks at no parents."""
    connection = get_connection()
    insertion = _insertion(type(row), connection)
    values = insertion.of_row(row)
    if insertion.number:
        setattr(row, insertion.number, _numbered(insertion, values, connection))
    else:
        _write(insertion, [values], connection)
    row._state.adding, row._state.db = False, connection.alias
    return row


def insert(model: type[models.Model], **values: Any) -> None:
    """Insert a row by its columns (``owner_id``, not ``owner``), where nobody needs the row itself
    or its running number.
    """
    insert_all(model, [values])


def insert_all(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert several rows by their columns, in their order."""
    connection = get_connection()
    insertion = _insertion(model, connection)
    lines = [insertion.of_values(values) for values in rows]
    if lines:
        _write(insertion, lines, connection)


MOST_AT_ONCE = 50


def insert_numbered(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert several rows by their columns; answers their running numbers, in the same order."""
    connection = get_connection()
    _settle(connection)
    insertion = _insertion(model, connection)
    if len(rows) == 1:
        return [_numbered(insertion, insertion.of_values(rows[0]), connection)]
    numbers: list[int] = []
    for at in range(0, len(rows), MOST_AT_ONCE):
        part = rows[at : at + MOST_AT_ONCE]
        making = partial(insertion.several, len(part))
        statement: _Statement = _kept(connection, (insertion, len(part)), making)
        cursor = statement.run(connection, list(chain(*map(insertion.of_values, part))))
        with connection.wrap_database_errors:
            numbers += sorted(int(number) for (number,) in cursor.fetchall())
        cursor.close()
    return numbers


def _numbered(insertion: _Insertion, params: Sequence[Any], connection: BaseDatabaseWrapper) -> int:
    _settle(connection)
    cursor = insertion.telling.run(connection, params)
    with connection.wrap_database_errors:
        number = int(cursor.fetchone()[0])
    cursor.close()
    return number


def _write(
    insertion: _Insertion, lines: Sequence[Sequence[Any]], connection: BaseDatabaseWrapper
) -> None:
    """Write the rows, or hold them back with what else the transaction has to write."""
    held = _held(connection)
    if held is None:
        insertion.write(lines, connection)
    else:
        held.add(insertion.table, partial(insertion.write, lines, connection))


def _held(connection: BaseDatabaseWrapper) -> Held | None:
    """What is held back until this transaction needs the lock; None: it has it, or needs none."""
    return getattr(connection, "held", None)


def _settle(connection: BaseDatabaseWrapper) -> None:
    """From here on the transaction writes at once."""
    if _held(connection) is not None:
        connection.settle()  # type: ignore[attr-defined]  # only our own wrapper holds back


def update(model: type[models.Model], held: Mapping[str, Any], changed: Mapping[str, Any]) -> int:
    """Change the rows with these values in these columns; answers how many there were."""
    connection = get_connection()
    _settle(connection)
    name = (model, tuple(held), tuple(changed))
    changing: _Changing = _kept(connection, name, lambda at: _Changing(*name, at))
    return changing.run(connection, [*changed.values(), *held.values()])


class _Changing:
    """The UPDATE of some columns of a model, of the rows that have certain values in others."""

    def __init__(
        self,
        model: type[models.Model],
        held: Sequence[str],
        changed: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        fields = {f.attname: f for f in model._meta.local_concrete_fields}
        self.columns = [Column(fields[name], connection) for name in (*changed, *held)]
        quote = connection.ops.quote_name
        told = [f"{quote(str(each.field.column))} = %s" for each in self.columns]
        cut = len(changed)
        sets, where = ", ".join(told[:cut]), " AND ".join(told[cut:])
        # Names come from our own models, values stay parameters.
        sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {where}"  # noqa: S608
        self.statement = _Statement(sql, connection)

    def run(self, connection: BaseDatabaseWrapper, values: Sequence[Any]) -> int:
        told = [column.written(v) for column, v in zip(self.columns, values, strict=True)]
        cursor = self.statement.run(connection, told)
        met = int(cursor.rowcount)
        cursor.close()
        return met


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run a statement of our own with these values; answers how many rows it met."""
    connection = get_connection()
    _settle(connection)
    cursor = _Statement(sql, connection).run(connection, params)
    met = int(cursor.rowcount)
    cursor.close()
    return met


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query of our own, as the driver gives them; without those held back."""
    connection = get_connection()
    cursor = _Statement(sql, connection).run(connection, params)
    with connection.wrap_database_errors:
        found: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return found


def _insertion(model: type[models.Model], connection: BaseDatabaseWrapper) -> _Insertion:
    found: _Insertion = _kept(connection, model, lambda at: _Insertion(model, at))
    return found


def _kept(
    connection: BaseDatabaseWrapper, name: Any, make: Callable[[BaseDatabaseWrapper], Any]
) -> Any:
    """What was composed for this connection. It lies with the connection and goes with it."""
    known: dict[Any, Any] = vars(connection).setdefault(_PLACE, {})
    if name not in known:
        known[name] = make(connection)
    return known[name]
