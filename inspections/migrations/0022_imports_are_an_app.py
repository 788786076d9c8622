from django.db import migrations


class Migration(migrations.Migration):
    """The tables of imports are those of the app `imports`, and so is the permission to import."""

    dependencies = [("inspections", "0021_comparisons_are_sent_later")]

    operations = [
        migrations.AlterModelOptions(
            name="batch",
            options={
                "permissions": [("register_batch", "Registers batches")],
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
            },
        ),
        migrations.DeleteModel(name="ColumnMapping"),
        migrations.DeleteModel(name="Import"),
    ]
