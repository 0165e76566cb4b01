"""The database itself refuses to change or delete an entry or a signed head."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
GUARDED = [
    (table, verb) for table in ("ledger_entry", "ledger_head") for verb in ("update", "delete")
]


def guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION, params=None)
    for table, verb in GUARDED:
        act = (
            "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {act}"
        )


def unguard(apps, schema_editor):
    on_table = schema_editor.connection.vendor == "postgresql"
    for table, verb in GUARDED:
        suffix = f" ON {table}" if on_table else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
