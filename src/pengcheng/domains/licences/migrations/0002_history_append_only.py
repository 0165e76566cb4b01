"""The database itself refuses to change a line of a licence's history.

Deleting stays possible, for retention ends with erasure; a missing line breaks the chain.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION licences_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
TABLE = "licences_change"


def guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION, params=None)
    act = (
        "FOR EACH ROW EXECUTE FUNCTION licences_append_only()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    )
    schema_editor.execute(f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} {act}")


def unguard(apps, schema_editor):
    suffix = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_update{suffix}")


class Migration(migrations.Migration):
    dependencies = [("licences", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
