import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

# A doubt is raised and stays: who is doubted and who doubts can rely on it.
WRITTEN_ONCE = """
CREATE TRIGGER doubt_is_written_once BEFORE UPDATE OR DELETE ON inspections_doubtflag
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
UNDO = "DROP TRIGGER doubt_is_written_once ON inspections_doubtflag;"


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0017_order_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoubtFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("near_limit", "crowded inside a limit"),
                            ("run", "a run of one value"),
                            ("block", "the same values twice"),
                            ("digits", "favourite last digits"),
                            ("pace", "quicker than the clock allows"),
                            ("copied", "like the round before"),
                            ("disagree", "two inspectors disagree"),
                            ("photo", "a photo used before"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "probability",
                    models.FloatField(
                        help_text="How often an honest inspection shows as much, 0 to 1", verbose_name="chance"
                    ),
                ),
                ("facts", models.JSONField(help_text="What was seen, as of inspections.doubts")),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                (
                    "characteristic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.characteristic",
                        verbose_name="characteristic",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doubts",
                        to="inspections.inspection",
                        verbose_name="inspection",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.photo",
                        verbose_name="photo",
                    ),
                ),
            ],
            options={
                "verbose_name": "doubt",
                "verbose_name_plural": "doubts",
                "permissions": [("see_doubts", "Sees doubts about inspections")],
                "indexes": [models.Index(fields=["-raised_at"], name="doubt_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("inspection"),
                        models.F("kind"),
                        django.db.models.functions.comparison.Coalesce("characteristic", 0),
                        django.db.models.functions.comparison.Coalesce("photo", 0),
                        name="doubt_is_raised_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="doubt_has_a_probability",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "photo"), ("photo__isnull", False)),
                            models.Q(models.Q(("kind", "photo"), _negated=True), ("photo__isnull", True)),
                            _connector="OR",
                        ),
                        name="doubt_has_a_photo_exactly_when_it_is_about_one",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=WRITTEN_ONCE, reverse_sql=UNDO),
    ]
