import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What a signal was when it was noticed stays; it ends once. Why a plan was tightened stays with the plan (R9).
WRITTEN_ONCE = """
CREATE FUNCTION guard_drift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
       OR (NEW.uid, NEW.product_id, NEW.code, NEW.kind, NEW.since_id, NEW.seen_in_id, NEW.facts, NEW.noticed_at)
          <> (OLD.uid, OLD.product_id, OLD.code, OLD.kind, OLD.since_id, OLD.seen_in_id, OLD.facts, OLD.noticed_at)
    THEN
        RAISE EXCEPTION 'drift %: its figures never change, and nothing of it once it has ended', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'drift_is_never_rewritten';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drift_is_never_rewritten BEFORE UPDATE OR DELETE ON inspections_drift
    FOR EACH ROW EXECUTE FUNCTION guard_drift();
CREATE TRIGGER baseline_is_written_once BEFORE UPDATE OR DELETE ON inspections_baseline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inspection_keeps_why_it_is_tightened BEFORE UPDATE ON inspections_inspection
    FOR EACH ROW WHEN (OLD.tightened_for_id IS DISTINCT FROM NEW.tightened_for_id) EXECUTE FUNCTION refuse_change();
"""
UNDO = """
DROP TRIGGER inspection_keeps_why_it_is_tightened ON inspections_inspection;
DROP TRIGGER baseline_is_written_once ON inspections_baseline;
DROP TRIGGER drift_is_never_rewritten ON inspections_drift;
DROP FUNCTION guard_drift;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0013_variables_plans"),
        ("suppliers", "0003_model_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Baseline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="characteristic")),
                ("note", models.TextField(verbose_name="reason")),
                ("set_at", models.DateTimeField(verbose_name="set at")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.inspection",
                        verbose_name="from",
                    ),
                ),
                (
                    "last",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.inspection",
                        verbose_name="to",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="baselines",
                        to="suppliers.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "baseline",
                "verbose_name_plural": "baselines",
            },
        ),
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=40, verbose_name="characteristic")),
                (
                    "kind",
                    models.CharField(
                        choices=[("mean", "the mean"), ("spread", "the spread"), ("rate", "the share nonconforming")],
                        max_length=6,
                        verbose_name="what moved",
                    ),
                ),
                ("facts", models.JSONField(verbose_name="figures")),
                ("noticed_at", models.DateTimeField(verbose_name="noticed at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mended", "mended: it is back where it was"),
                            ("new_normal", "this is the new normal"),
                        ],
                        max_length=10,
                        null=True,
                        verbose_name="ending",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drifts",
                        to="suppliers.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "seen_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.inspection",
                        verbose_name="noticed at",
                    ),
                ),
                (
                    "since",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.inspection",
                        verbose_name="since",
                    ),
                ),
            ],
            options={
                "verbose_name": "drift",
                "verbose_name_plural": "drifts",
            },
        ),
        migrations.AddField(
            model_name="inspection",
            name="tightened_for",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inspections.drift",
                verbose_name="tightened for",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tightened_for", None), models.Q(("round", 1), ("severity", "tightened")), _connector="OR"
                ),
                name="inspection_that_a_drift_tightens_is_tightened",
            ),
        ),
        migrations.AddIndex(
            model_name="baseline",
            index=models.Index(fields=["product", "code", "-id"], name="baseline_newest"),
        ),
        migrations.AddConstraint(
            model_name="drift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("product", "code"),
                name="drift_is_open_once_per_characteristic",
            ),
        ),
        migrations.AddConstraint(
            model_name="drift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None), ("ending", None), ("note", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("ending__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="drift_is_ended_exactly_when_someone_said_why",
            ),
        ),
        migrations.RunSQL(WRITTEN_ONCE, UNDO),
    ]
