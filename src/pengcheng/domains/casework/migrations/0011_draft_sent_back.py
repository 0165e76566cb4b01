from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_evidence_added"),
    ]

    operations = [
        migrations.AddField(
            model_name="draftrecord",
            name="returned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="draftrecord",
            name="returned_by",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="draftrecord",
            name="returned_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="draftrecord",
            name="returned_note",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
    ]
