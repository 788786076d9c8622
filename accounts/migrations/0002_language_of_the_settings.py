from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=accounts.models.languages,
                help_text="Empty: the language of the browser.",
                max_length=10,
                verbose_name="language",
            ),
        ),
    ]
