-- A run is planned, runs, and is concluded or stopped; nothing of it changes afterwards. What it is judged by never
-- changes from the moment it is planned. Its verdict is the one that its frozen rule gives for the units it has.

CREATE FUNCTION guard_pilot_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n integer;
    n_complaint integer;
    n_return integer;
    damaged integer;
    complained integer;
    returned integer;
    critical boolean;
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
    -- What came back late never changes the verdict; that the rule, asked again, has failed is said once beside it.
    IF OLD.status = 'concluded' AND OLD.failed_late_at IS NULL AND NEW.failed_late_at IS NOT NULL
       AND to_jsonb(NEW) - 'failed_late_at' = to_jsonb(OLD) - 'failed_late_at' THEN
        RETURN NEW;
    END IF;
    IF OLD.status IN ('concluded', 'stopped') THEN
        RAISE EXCEPTION 'pilot run %: it is over and never changes again', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_run_is_frozen_once_over';
    END IF;
    IF (NEW.uid, NEW.product_id, NEW.ordinal, NEW.size, NEW.reason, NEW.rule_kind, NEW.rule, NEW.damage_limit,
        NEW.complaint_limit, NEW.return_limit, NEW.limits_source, NEW.planned_at, NEW.planned_by_id)
       <> (OLD.uid, OLD.product_id, OLD.ordinal, OLD.size, OLD.reason, OLD.rule_kind, OLD.rule, OLD.damage_limit,
           OLD.complaint_limit, OLD.return_limit, OLD.limits_source, OLD.planned_at, OLD.planned_by_id)
       OR NEW.window_days <> OLD.window_days
       OR NEW.limits_signed_by_id IS DISTINCT FROM OLD.limits_signed_by_id
       OR OLD.status = 'running' AND NEW.sample_id IS DISTINCT FROM OLD.sample_id
       -- It may turn out to have begun earlier, once, by a file of somebody who then does not pass it.
       OR OLD.status = 'running' AND NEW.started_at <> OLD.started_at
          AND (NEW.started_at > OLD.started_at OR NEW.backdated_by_id IS NULL OR OLD.backdated_by_id IS NOT NULL)
       OR OLD.backdated_by_id IS NOT NULL AND NEW.backdated_by_id IS DISTINCT FROM OLD.backdated_by_id
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
    IF NEW.status = 'running' AND NOT EXISTS (
        SELECT FROM inspections_sample s JOIN suppliers_product p ON p.id = s.product_id
        WHERE s.id = NEW.sample_id AND s.status = 'approved' AND s.product_id = NEW.product_id
          AND s.supplier_id = p.supplier_id) THEN
        RAISE EXCEPTION 'pilot run %: it is not compared with a golden sample of its product and supplier', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_starts_with_a_golden_sample';
    END IF;
    IF NEW.status = 'concluded' OR (OLD.status, NEW.status) = ('running', 'stopped') THEN
        -- A unit is out for complaints and returns until the window of its market is over, unless it has been returned. A failure is read
        -- by all that arrived, of which those count as good: bad news is known sooner than good news.
        SELECT count(*) FILTER (WHERE outcome <> ''),
               count(*) FILTER (WHERE outcome <> '' AND (settled OR outcome IN ('complained', 'returned') OR complaints <> '{}')),
               count(*) FILTER (WHERE outcome <> '' AND (settled OR outcome = 'returned')),
               count(*) FILTER (WHERE outcome = 'damaged' OR damage <> ''),
               count(*) FILTER (WHERE outcome = 'complained' OR complaints <> '{}'),
               count(*) FILTER (WHERE outcome = 'returned')
        INTO n, n_complaint, n_return, damaged, complained, returned
        FROM inspections_pilotunit, LATERAL (
            SELECT coalesce(delivered_on, (recorded_at AT TIME ZONE 'UTC')::date) + coalesce(window_days, NEW.window_days)
                   < (NEW.concluded_at AT TIME ZONE 'UTC')::date AS settled) AS window_of_unit
        WHERE run_id = NEW.id;
        SELECT EXISTS (
            SELECT FROM inspections_pilotreading r JOIN inspections_characteristic c ON c.id = r.characteristic_id
            WHERE r.run_id = NEW.id AND r.nonconforming > 0 AND c.nonconformity_class = 'critical') INTO critical;
        earned := CASE
            WHEN critical
              OR damaged >= (NEW.rule -> 'damage' -> 'fail' ->> n)::integer
              OR complained >= (NEW.rule -> 'complaint' -> 'fail' ->> n)::integer
              OR returned >= (NEW.rule -> 'return' -> 'fail' ->> n)::integer THEN 'fail'
            WHEN damaged <= (NEW.rule -> 'damage' -> 'pass' ->> n)::integer
             AND complained <= (NEW.rule -> 'complaint' -> 'pass' ->> n_complaint)::integer
             AND returned <= (NEW.rule -> 'return' -> 'pass' ->> n_return)::integer THEN 'pass'
            ELSE 'undecided' END;
        IF NEW.status = 'stopped' AND earned = 'fail' THEN
            RAISE EXCEPTION 'pilot run %: it has failed, and what has failed is not stopped', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_that_failed_is_not_stopped';
        END IF;
        IF NEW.verdict <> earned THEN
            RAISE EXCEPTION 'pilot run %: its units earn the verdict %, not %', OLD.id, earned, NEW.verdict
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_verdict_rests_on_its_units';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_run_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotrun
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_run();
