from django.db import migrations, models

import inspections.sampling.picks

# R9: what is drawn is frozen with the plan. A number of cartons may be NULL, so the rows are compared as DISTINCT.
GUARD = """
CREATE OR REPLACE FUNCTION guard_inspection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
       OR (NEW.batch_id, NEW.round, NEW.specification_id, NEW.lot_size, NEW.severity, NEW.plan, NEW.planned_at,
           NEW.inspector_id{more_new})
          IS DISTINCT FROM (OLD.batch_id, OLD.round, OLD.specification_id, OLD.lot_size, OLD.severity, OLD.plan,
              OLD.planned_at, OLD.inspector_id{more_old})
    THEN
        RAISE EXCEPTION 'inspection %: its plan never changes, and nothing of it once it is closed', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_is_frozen';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inspections", "0004_imports")]

    operations = [
        migrations.AddField(
            model_name="inspection",
            name="pick_seed",
            field=models.CharField(
                default=inspections.sampling.picks.new_seed,
                editable=False,
                help_text="What the units to pick are drawn from",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="inspection",
            name="cartons",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="That the units come in now; None where they are counted loose",
                null=True,
                verbose_name="cartons",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="carton_rule",
            field=models.CharField(
                choices=[("square_root", "square root of their number"), ("all", "all of them")],
                default="square_root",
                max_length=11,
                verbose_name="cartons to open",
            ),
        ),
        migrations.RunSQL(
            sql=GUARD.format(
                more_new=", NEW.pick_seed, NEW.cartons, NEW.carton_rule",
                more_old=", OLD.pick_seed, OLD.cartons, OLD.carton_rule",
            ),
            reverse_sql=GUARD.format(more_new="", more_old=""),
        ),
    ]
