from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0015_market_returns")]

    operations = [
        migrations.AddField(
            model_name="inspection",
            name="stage_findings",
            field=models.JSONField(
                default=dict,
                help_text="Characteristic code -> numbers of the bad units that finished samples showed, or their count",
            ),
        ),
    ]
