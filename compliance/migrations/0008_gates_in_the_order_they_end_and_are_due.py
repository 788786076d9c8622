from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0007_readings_kept_by_the_database"),
        ("suppliers", "0003_model_code"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="gate",
            name="gate_by_end",
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(fields=["valid_until", "sku", "market"], name="gate_by_end"),
        ),
        migrations.AddIndex(
            model_name="gate",
            index=models.Index(fields=["due_on", "sku", "market"], name="gate_by_due"),
        ),
    ]
