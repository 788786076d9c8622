from django.db import migrations, models

# R9: variables plans are frozen with the others.
GUARD = """
CREATE OR REPLACE FUNCTION guard_inspection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
       OR (NEW.batch_id, NEW.round, NEW.specification_id, NEW.lot_size, NEW.severity, NEW.plan, NEW.planned_at,
           NEW.inspector_id, NEW.pick_seed, NEW.cartons, NEW.carton_rule{more_new})
          IS DISTINCT FROM (OLD.batch_id, OLD.round, OLD.specification_id, OLD.lot_size, OLD.severity, OLD.plan,
              OLD.planned_at, OLD.inspector_id, OLD.pick_seed, OLD.cartons, OLD.carton_rule{more_old})
    THEN
        RAISE EXCEPTION 'inspection %: its plan never changes, and nothing of it once it is closed', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_is_frozen';
    END IF;
    RETURN NEW;
END $$;
"""

# No inspection is accepted while one of its variables plans has not accepted: what is missing is no.
ACCEPTED_BY_ALL = """
CREATE FUNCTION every_plan_accepts(plans jsonb, tally jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (SELECT FROM jsonb_object_keys(plans) code
                       WHERE tally -> code ->> 'settled' IS DISTINCT FROM 'accepted')
$$;
ALTER TABLE inspections_inspection ADD CONSTRAINT inspection_is_accepted_only_by_all_its_variables_plans
    CHECK (verdict IS DISTINCT FROM 'accepted' OR every_plan_accepts(variables_plans, variables_tally));
"""
UNDO_ACCEPTED_BY_ALL = """
ALTER TABLE inspections_inspection DROP CONSTRAINT inspection_is_accepted_only_by_all_its_variables_plans;
DROP FUNCTION every_plan_accepts;
"""


class Migration(migrations.Migration):
    dependencies = [("inspections", "0012_margins")]

    operations = [
        migrations.AddField(
            model_name="characteristic",
            name="variables",
            field=models.JSONField(
                blank=True,
                help_text="VariablesRule.as_dict(); None: as the scheme says",
                null=True,
                verbose_name="variables plan",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="variables_plans",
            field=models.JSONField(
                default=dict,
                help_text="Characteristic code -> VariablesPlan.as_dict(), frozen when planned",
                verbose_name="variables plans",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="variables_tally",
            field=models.JSONField(
                default=dict, help_text="Characteristic code -> VariablesTally.as_dict(), with the verdict"
            ),
        ),
        migrations.AddConstraint(
            model_name="characteristic",
            constraint=models.CheckConstraint(
                condition=models.Q(("variables__isnull", True), ("is_measured", True), _connector="OR"),
                name="characteristic_is_judged_by_variables_only_if_measured",
            ),
        ),
        migrations.RunSQL(
            sql=GUARD.format(more_new=", NEW.variables_plans", more_old=", OLD.variables_plans"),
            reverse_sql=GUARD.format(more_new="", more_old=""),
        ),
        migrations.RunSQL(sql=ACCEPTED_BY_ALL, reverse_sql=UNDO_ACCEPTED_BY_ALL),
    ]
