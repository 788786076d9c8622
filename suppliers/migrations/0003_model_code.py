import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("suppliers", "0002_categories_and_markets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="model_code",
            field=models.CharField(
                blank=True,
                help_text="SKUs of one model are the same product made by several suppliers.",
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[\\w][\\w.-]*\\Z",
                        "Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit.",
                        "code",
                    )
                ],
                verbose_name="model",
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("model_code", ""), _negated=True), fields=["model_code"], name="product_by_model"
            ),
        ),
    ]
