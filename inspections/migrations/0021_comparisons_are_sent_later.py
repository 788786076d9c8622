from django.db import migrations, models
from django.db.models import F


def received_when_recorded(apps, schema_editor):
    comparison = apps.get_model("inspections", "ReferenceComparison")
    comparison.objects.update(received_at=F("recorded_at"))


# Comparisons of inspections that are closed are frozen, but for this.
OPEN = "ALTER TABLE inspections_referencecomparison DISABLE TRIGGER comparison_is_with_a_golden_sample"
CLOSE = "ALTER TABLE inspections_referencecomparison ENABLE TRIGGER comparison_is_with_a_golden_sample"


class Migration(migrations.Migration):
    dependencies = [("inspections", "0020_shipments_taken_back")]

    operations = [
        migrations.AddField(
            "referencecomparison",
            "revision",
            models.PositiveIntegerField(default=1, help_text="Goes up with every change"),
        ),
        migrations.AddField("referencecomparison", "received_at", models.DateTimeField(null=True)),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunPython(received_when_recorded, migrations.RunPython.noop),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
        migrations.AlterField("referencecomparison", "received_at", models.DateTimeField()),
        migrations.AlterField(
            "referencecomparison",
            "recorded_at",
            models.DateTimeField("recorded at", help_text="By the device's clock where it told one"),
        ),
    ]
