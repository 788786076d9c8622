import datetime
import json

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.lookups
from django.db import migrations, models

import suppliers.markets


def fill(apps, schema_editor):
    Market = apps.get_model("suppliers", "Market")
    for row in json.loads(suppliers.markets.FILE.read_text()):
        Market.objects.filter(code=row["code"]).update(**{name: row[name] for name in suppliers.markets.FACTS})


def add(apps, schema_editor):
    suppliers.markets.load_markets(apps.get_model("suppliers", "Market"))


class Migration(migrations.Migration):
    """Time zone, names, voltage and languages of each market, from the file that ships with the app; a market of ours that
    the file does not have has to be given them there first."""

    dependencies = [
        ("suppliers", "0003_model_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="market",
            name="country_names",
            field=models.TextField(
                default="",
                help_text="How addresses in papers name it: whole words with | between them, each of which may be a pattern.",
                validators=[suppliers.markets.is_pattern],
                verbose_name="names of the country",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="market",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    max_length=3, validators=[django.core.validators.RegexValidator("^[a-z]{2,3}\\Z")]
                ),
                default=list,
                help_text="Of which a manual or text needs one: codes such as de or fil, with commas between them.",
                size=None,
                verbose_name="languages",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="market",
            name="voltage",
            field=models.PositiveSmallIntegerField(default=0, help_text="Nominal, in V.", verbose_name="mains voltage"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="market",
            name="zone",
            field=models.CharField(
                default="",
                help_text="Of several, the one in which a day ends first, so that no paper counts after its last day.",
                max_length=40,
                validators=[suppliers.markets.is_time_zone],
                verbose_name="time zone",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("zone__contains", "/"),
                    django.db.models.lookups.IsNull(
                        models.Func(
                            models.F("zone"),
                            models.Value(datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            function="timezone",
                            output_field=models.DateTimeField(),
                        ),
                        False,
                    ),
                ),
                name="market_has_a_known_time_zone",
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("country_names", ""), _negated=True), name="market_has_names_of_its_country"
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("voltage__range", (100, 240))), name="market_has_a_mains_voltage"
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(("languages__len__gte", 1)), name="market_has_a_language"
            ),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
