"""Another index begins with the same column: the foreign key needs none of its own."""

from django.db import migrations, models
from django.db.models import deletion

from pengcheng.kernel.indexes import DropForeignKeyIndex


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_seen")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[DropForeignKeyIndex("kernel.delivery", "event")],
            state_operations=[
                migrations.AlterField(
                    model_name="delivery",
                    name="event",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=deletion.PROTECT,
                        related_name="deliveries",
                        to="kernel.outboxevent",
                    ),
                ),
            ],
        ),
    ]
