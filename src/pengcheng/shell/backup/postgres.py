"""PostgreSQL: every table by COPY from one snapshot, so that client and server may differ in age.

Put back, the tables are made by our own migrations in a schema aside; when that has been proved
whole it takes the place of `public` in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from pengcheng.shell.backup.manifest import Manifest, Table

FOLDER = "tables"
Tell = Callable[[int, int], None]
Connection = psycopg.Connection[Any]

TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
SEQUENCES = """
SELECT c.relname, a.attname,
       pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0
  AND NOT a.attisdropped AND (a.attidentity <> '' OR a.atthasdef)
"""


def dump(connection: Connection, own: set[str], folder: Path, tell: Tell) -> dict[str, Any]:
    """Copy our own tables as of one moment; returns what the manifest says of them. A table of
    somebody else's in our schema could not be made again by our migrations.
    """
    (folder / FOLDER).mkdir()
    tables: dict[str, Table] = {}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        listed = [row for row in cursor.execute(TABLES).fetchall() if row[0] in own]
        for number, (name, columns) in enumerate(listed, start=1):
            _copy_out(cursor, name, columns, folder / FOLDER / f"{name}.copy")
            tables[name] = Table(_count(cursor, name), tuple(columns))
            tell(number, len(listed))
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        applied = tuple(cursor.fetchall())
        head = cursor.execute("SELECT count, digest FROM kernel_audit_head").fetchone()
    return {"tables": tables, "migrations": applied, "audit": head or (0, "")}


def _columns(columns: list[str] | tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy_out(cursor: psycopg.Cursor[Any], name: str, columns: list[str], target: Path) -> None:
    order = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(name), _columns(columns))
    with target.open("wb") as file, cursor.copy(order) as copy:
        for block in copy:
            file.write(block)


def _count(cursor: psycopg.Cursor[Any], name: str) -> int:
    row = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
    return int(row[0]) if row else 0


def load(connection: Connection, manifest: Manifest, folder: Path, tell: Tell) -> None:
    """Fill the migrated tables of the current schema, in one transaction: keys between tables are
    checked at its end.
    """
    with connection.transaction(), connection.cursor() as cursor:
        names = sql.SQL(", ").join(map(sql.Identifier, manifest.tables))
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))
        for number, (name, table) in enumerate(manifest.tables.items(), start=1):
            _copy_in(cursor, name, table, folder / FOLDER / f"{name}.copy")
            tell(number, len(manifest.tables))
        for table, column, sequence in cursor.execute(SEQUENCES).fetchall():
            if sequence:
                _set_sequence(cursor, table, column, sequence)


def _copy_in(cursor: psycopg.Cursor[Any], name: str, table: Table, source: Path) -> None:
    order = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _columns(table.columns))
    with source.open("rb") as file, cursor.copy(order) as copy:
        while block := file.read(1 << 16):
            copy.write(block)


def _set_sequence(cursor: psycopg.Cursor[Any], table: str, column: str, sequence: str) -> None:
    """New rows go on counting after the restored ones."""
    cursor.execute(
        sql.SQL("SELECT setval(%s, coalesce(max({}), 1), max({}) IS NOT NULL) FROM {}").format(
            sql.Identifier(column), sql.Identifier(column), sql.Identifier(table)
        ),
        (sequence,),
    )


def prepare_schema(connection: Connection, schema: str) -> None:
    drop_schema(connection, schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))


def drop_schema(connection: Connection, schema: str) -> None:
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def exchange(connection: Connection, schema: str, kept: str) -> None:
    """`schema` becomes `public`; what was there stays under the name `kept`."""
    with connection.transaction():
        connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(kept)))
        connection.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO public").format(sql.Identifier(schema))
        )
