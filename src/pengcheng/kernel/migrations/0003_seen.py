"""Whose personal data an audit line is about; the database refuses to alter it."""

from django.db import migrations, models


def guard(apps, schema_editor):
    """Against altering alone: the audit line itself stays whatever becomes of this way to it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER kernel_seen_no_update BEFORE UPDATE ON kernel_seen "
            "FOR EACH ROW EXECUTE FUNCTION kernel_append_only()"
        )
    else:
        schema_editor.execute(
            "CREATE TRIGGER kernel_seen_no_update BEFORE UPDATE ON kernel_seen "
            "BEGIN SELECT RAISE(ABORT, 'kernel_seen is append-only'); END"
        )


def unguard(apps, schema_editor):
    suffix = " ON kernel_seen" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS kernel_seen_no_update{suffix}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_audit_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=100)),
                ("entry", models.CharField(db_index=True, max_length=36)),
            ],
            options={
                "db_table": "kernel_seen",
                "indexes": [models.Index(fields=["subject", "-position"], name="seen_by_subject")],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
