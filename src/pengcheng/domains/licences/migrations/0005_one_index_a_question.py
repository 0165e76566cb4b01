"""Another index begins with the same column: the foreign key needs none of its own."""

from django.db import migrations, models
from django.db.models import deletion

from pengcheng.kernel.indexes import DropForeignKeyIndex


class Migration(migrations.Migration):
    dependencies = [("licences", "0004_archives")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[DropForeignKeyIndex("licences.changeline", "licence")],
            state_operations=[
                migrations.AlterField(
                    model_name="changeline",
                    name="licence",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=deletion.CASCADE,
                        related_name="changes",
                        to="licences.licencerecord",
                    ),
                ),
            ],
        ),
    ]
