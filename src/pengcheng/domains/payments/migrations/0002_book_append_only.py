"""The database itself refuses to change or delete what stands in the book."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
TABLE = "payments_posting"
VERBS = ("UPDATE", "DELETE")


def guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION, params=None)
    act = (
        "FOR EACH ROW EXECUTE FUNCTION payments_append_only()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    )
    for verb in VERBS:
        name = f"{TABLE}_no_{verb.lower()}"
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} {act}")


def unguard(apps, schema_editor):
    suffix = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    for verb in VERBS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb.lower()}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
