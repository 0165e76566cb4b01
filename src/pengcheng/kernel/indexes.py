"""For migrations: taking away the index that Django makes for a foreign key, and nothing else.

Where another index begins with the same column it serves the same questions, and each index is one
more page to write for each row. Altering the field instead would copy the table on SQLite, and the
triggers that guard it would be lost.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


class DropForeignKeyIndex(migrations.RunPython):
    """Drop the plain indexes of this one column; reversed, the one that Django makes comes back."""

    def __init__(self, model: str, field: str) -> None:
        self.model, self.field = model, field
        super().__init__(self._drop, self._make, elidable=False)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model, self.field], {}

    def describe(self) -> str:
        return f"Drop the index of {self.model}.{self.field}"

    def _drop(self, then: Any, schema_editor: Any) -> None:
        model = then.get_model(self.model)
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        named = {each.name for each in (*model._meta.indexes, *model._meta.constraints)}
        for name, told in found.items():
            plain = told["index"] and told["columns"] == [column] and not _guards(told)
            if plain and name not in named:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")

    def _make(self, then: Any, schema_editor: Any) -> None:
        model = then.get_model(self.model)
        field = model._meta.get_field(self.field)
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))


def _guards(told: dict[str, Any]) -> bool:
    return any(told[each] for each in ("unique", "primary_key", "foreign_key", "check"))
