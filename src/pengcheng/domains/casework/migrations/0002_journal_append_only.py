"""The database itself refuses to change a line of a journal.

Deleting stays possible, for retention ends with a case's erasure; a missing line breaks the chain.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION casework_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
GUARDED = ("casework_journal", "casework_definition", "casework_submission")


def guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION, params=None)
    for table in GUARDED:
        act = (
            "FOR EACH ROW EXECUTE FUNCTION casework_append_only()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        schema_editor.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {act}")


def unguard(apps, schema_editor):
    on_table = schema_editor.connection.vendor == "postgresql"
    for table in GUARDED:
        suffix = f" ON {table}" if on_table else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update{suffix}")


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
