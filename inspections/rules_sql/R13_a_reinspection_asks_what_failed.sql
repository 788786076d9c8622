-- R13: a re-inspection asks every characteristic that earlier rounds of the batch found nonconforming, in a class and by limits
-- that are at least as strict as those it was found with, whatever the specification says by now; and is accepted only when
-- each of them is answered.

CREATE FUNCTION asked_by(i inspections_inspection, wanted text) RETURNS inspections_characteristic
LANGUAGE plpgsql STABLE AS $$
DECLARE
    carried jsonb := i.carried -> wanted;
    found inspections_characteristic;
BEGIN
    IF carried IS NULL THEN
        SELECT * INTO found FROM inspections_characteristic WHERE specification_id = i.specification_id AND code = wanted;
    ELSE
        SELECT * INTO found FROM inspections_characteristic
            WHERE id = (carried ->> 'characteristic')::bigint AND code = wanted;
        found.lower := (carried ->> 'lower')::numeric;
        found.upper := (carried ->> 'upper')::numeric;
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION guard_reinspection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    classes text[] := ARRAY['critical', 'major', 'minor'];
    failed record;
    was inspections_characteristic;
    is_now inspections_characteristic;
BEGIN
    FOR failed IN
        SELECT e AS inspection, c.code, c.is_measured, c.unit FROM inspections_inspection e JOIN inspections_result r ON r.inspection_id = e.id
            JOIN inspections_characteristic c ON c.id = r.characteristic_id
        WHERE e.batch_id = NEW.batch_id AND NOT e.is_invalid AND r.nonconforming > 0
    LOOP
        -- What was found later in another way or unit is asked as it was found last: limits of two units say nothing.
        CONTINUE WHEN EXISTS (
            SELECT FROM inspections_inspection e JOIN inspections_result r ON r.inspection_id = e.id
                JOIN inspections_characteristic c ON c.id = r.characteristic_id
            WHERE e.batch_id = NEW.batch_id AND e.id > (failed.inspection).id AND NOT e.is_invalid AND r.nonconforming > 0
              AND c.code = failed.code AND (c.is_measured, c.unit) <> (failed.is_measured, failed.unit));
        was := asked_by(failed.inspection, failed.code);
        is_now := asked_by(NEW, failed.code);
        IF is_now.id IS NULL
           OR array_position(classes, is_now.nonconformity_class::text)
              > array_position(classes, was.nonconformity_class::text)
           OR is_now.is_measured <> was.is_measured OR is_now.unit <> was.unit
           OR was.lower IS NOT NULL AND (is_now.lower IS NULL OR is_now.lower < was.lower)
           OR was.upper IS NOT NULL AND (is_now.upper IS NULL OR is_now.upper > was.upper)
           OR NOT (NEW.plan ? is_now.nonconformity_class OR NEW.variables_plans ? failed.code) THEN
            RAISE EXCEPTION 'batch %: % was found nonconforming, and the re-inspection does not ask as much',
                NEW.batch_id, failed.code
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reinspection_asks_what_failed';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER reinspection_asks_what_failed BEFORE INSERT ON inspections_inspection
    FOR EACH ROW WHEN (NEW.round > 1) EXECUTE FUNCTION guard_reinspection();

CREATE FUNCTION require_answers_to_what_failed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM inspections_inspection e JOIN inspections_result r ON r.inspection_id = e.id
            JOIN inspections_characteristic c ON c.id = r.characteristic_id
        WHERE e.batch_id = NEW.batch_id AND e.id < NEW.id AND NOT e.is_invalid AND r.nonconforming > 0
          AND NOT EXISTS (SELECT FROM inspections_result a
                          WHERE a.inspection_id = NEW.id AND a.is_complete
                            AND a.characteristic_id = (asked_by(NEW, c.code)).id))
    THEN
        RAISE EXCEPTION 'inspection % is accepted, and does not answer what failed before', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reinspection_answers_what_failed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reinspection_answers_what_failed AFTER INSERT OR UPDATE ON inspections_inspection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.round > 1 AND NEW.verdict = 'accepted')
    EXECUTE FUNCTION require_answers_to_what_failed();
