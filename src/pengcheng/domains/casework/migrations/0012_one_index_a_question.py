"""Another index begins with the same column: the foreign key needs none of its own."""

from django.db import migrations, models
from django.db.models import deletion

from pengcheng.kernel.indexes import DropForeignKeyIndex


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_draft_sent_back")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[DropForeignKeyIndex("casework.submissionrecord", "case")],
            state_operations=[
                migrations.AlterField(
                    model_name="submissionrecord",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=deletion.CASCADE,
                        related_name="submissions",
                        to="casework.caserecord",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[DropForeignKeyIndex("casework.journalline", "case")],
            state_operations=[
                migrations.AlterField(
                    model_name="journalline",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=deletion.CASCADE,
                        related_name="lines",
                        to="casework.caserecord",
                    ),
                ),
            ],
        ),
    ]
