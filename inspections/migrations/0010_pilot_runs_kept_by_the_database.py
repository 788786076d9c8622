from django.db import migrations

# A run is planned, runs, and is concluded or stopped; nothing of it changes afterwards. What it is judged by never
# changes from the moment it is planned. Its verdict is the one that its frozen rule gives for the units it has.
RUN_IS_FROZEN = """
CREATE FUNCTION guard_pilot_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n integer;
    damaged integer;
    complained integer;
    returned integer;
    earned text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'planned' THEN
            RAISE EXCEPTION 'a pilot run is planned before it runs'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_begins_planned';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'pilot run %: runs stay on the record', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_run_is_never_deleted';
    END IF;
    IF OLD.status IN ('concluded', 'stopped') THEN
        RAISE EXCEPTION 'pilot run %: it is over and never changes again', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_run_is_frozen_once_over';
    END IF;
    IF (NEW.uid, NEW.product_id, NEW.ordinal, NEW.size, NEW.reason, NEW.rule_kind, NEW.rule, NEW.damage_limit,
        NEW.complaint_limit, NEW.return_limit, NEW.limits_source, NEW.planned_at, NEW.planned_by_id)
       <> (OLD.uid, OLD.product_id, OLD.ordinal, OLD.size, OLD.reason, OLD.rule_kind, OLD.rule, OLD.damage_limit,
           OLD.complaint_limit, OLD.return_limit, OLD.limits_source, OLD.planned_at, OLD.planned_by_id)
       OR OLD.status = 'running' AND (NEW.sample_id IS DISTINCT FROM OLD.sample_id OR NEW.started_at <> OLD.started_at)
    THEN
        RAISE EXCEPTION 'pilot run %: its size, limits and rule never change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_run_is_judged_as_planned';
    END IF;
    IF (OLD.status, NEW.status) IN (('planned', 'concluded'), ('running', 'planned')) THEN
        RAISE EXCEPTION 'pilot run %: from % it cannot become %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_moves_one_way';
    END IF;
    IF NEW.status = 'running' AND NEW.size <> (SELECT count(*) FROM inspections_pilotunit WHERE run_id = NEW.id) THEN
        RAISE EXCEPTION 'pilot run %: it has not got its % units', OLD.id, NEW.size
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_has_all_its_units';
    END IF;
    IF NEW.status = 'concluded' THEN
        SELECT count(*) FILTER (WHERE outcome <> ''),
               count(*) FILTER (WHERE outcome = 'damaged' OR damage <> ''),
               count(*) FILTER (WHERE outcome = 'complained' OR complaints <> '{}'),
               count(*) FILTER (WHERE outcome = 'returned')
        INTO n, damaged, complained, returned FROM inspections_pilotunit WHERE run_id = NEW.id;
        earned := CASE
            WHEN damaged >= (NEW.rule -> 'damage' -> 'fail' ->> n)::integer
              OR complained >= (NEW.rule -> 'complaint' -> 'fail' ->> n)::integer
              OR returned >= (NEW.rule -> 'return' -> 'fail' ->> n)::integer THEN 'fail'
            WHEN damaged <= (NEW.rule -> 'damage' -> 'pass' ->> n)::integer
             AND complained <= (NEW.rule -> 'complaint' -> 'pass' ->> n)::integer
             AND returned <= (NEW.rule -> 'return' -> 'pass' ->> n)::integer THEN 'pass'
            ELSE 'undecided' END;
        IF NEW.verdict <> earned THEN
            RAISE EXCEPTION 'pilot run %: its units earn the verdict %, not %', OLD.id, earned, NEW.verdict
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_verdict_rests_on_its_units';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_run_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotrun
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_run();
"""

# A run has the units it was planned with; what became of them is written while it runs, in points of the taxonomy.
UNITS_ARE_FROZEN = """
CREATE FUNCTION guard_pilot_unit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    status_now text;
    unknown text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'units of a pilot run stay on the record'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_unit_is_never_deleted';
    END IF;
    SELECT status INTO status_now FROM inspections_pilotrun WHERE id = NEW.run_id FOR SHARE;
    IF TG_OP = 'INSERT' AND status_now <> 'planned'
       OR TG_OP = 'UPDATE' AND (status_now NOT IN ('planned', 'running')
                                OR NEW.run_id <> OLD.run_id OR NEW.number <> OLD.number)
       OR NEW.outcome <> '' AND status_now <> 'running'
    THEN
        RAISE EXCEPTION 'pilot run %: units join while it is planned, outcomes while it runs', NEW.run_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_unit_is_frozen_with_its_run';
    END IF;
    SELECT named.point INTO unknown FROM unnest(NEW.complaints) AS named (point)
    WHERE NOT EXISTS (SELECT FROM inspections_complaintpoint p WHERE p.code = named.point AND p.parent_id IS NOT NULL);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'there is no complaint point %', unknown
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_unit_has_known_complaints';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_unit_is_frozen_with_its_run BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotunit
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_unit();

CREATE FUNCTION guard_pilot_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT EXISTS (
        SELECT FROM inspections_pilotrun WHERE id = NEW.run_id AND status IN ('planned', 'running') FOR SHARE) THEN
        RAISE EXCEPTION 'the pilot run of these readings is over'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_reading_is_frozen_with_its_run';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_characteristic c JOIN inspections_specification s ON s.id = c.specification_id
        JOIN inspections_pilotrun r ON r.product_id = s.product_id
        WHERE c.id = NEW.characteristic_id AND r.id = NEW.run_id AND c.is_measured) THEN
        RAISE EXCEPTION 'pilot run %: its product has no such measured characteristic', NEW.run_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_reading_is_of_its_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_reading_is_frozen_with_its_run BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotreading
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_reading();
"""

UNDO = """
DROP TRIGGER pilot_run_is_frozen ON inspections_pilotrun;
DROP TRIGGER pilot_unit_is_frozen_with_its_run ON inspections_pilotunit;
DROP TRIGGER pilot_reading_is_frozen_with_its_run ON inspections_pilotreading;
DROP FUNCTION guard_pilot_run, guard_pilot_unit, guard_pilot_reading;
"""


class Migration(migrations.Migration):
    """A verdict that its units do not earn, and a run that changes afterwards, are refused whoever writes."""

    dependencies = [("inspections", "0009_pilot_runs")]

    operations = [migrations.RunSQL(sql=RUN_IS_FROZEN + UNITS_ARE_FROZEN, reverse_sql=UNDO)]
