-- R13: a re-inspection asks every characteristic that earlier rounds of the batch, or findings at whatever time, found
-- nonconforming, in words that it was found by, in a class and by limits that are at least as strict as those it was found
-- with, whatever the specification says by now; what was found on nothing that is listed, it asks as a check of its own. It is accepted only when each of them
-- is answered.

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

-- What was found nonconforming, as it was asked there; `place` in the order of time. Findings that counted in an
-- inspection whose sample was invalid are none.
CREATE FUNCTION found_nonconforming(wanted bigint)
RETURNS TABLE (found_at timestamptz, place bigint, inspection bigint, asked inspections_characteristic)
LANGUAGE sql STABLE AS $$
    SELECT e.planned_at, e.id, e.id, asked_by(e, c.code)
    FROM inspections_inspection e JOIN inspections_result r ON r.inspection_id = e.id
    JOIN inspections_characteristic c ON c.id = r.characteristic_id
    WHERE e.batch_id = wanted AND NOT e.is_invalid AND r.nonconforming > 0
    UNION ALL
    SELECT f.received_at, f.id, NULL, CASE WHEN f.asked_as_id IS NULL AND i.id IS NOT NULL THEN asked_by(i, c.code) ELSE c END
    FROM inspections_finding f JOIN inspections_characteristic c ON c.id = coalesce(f.asked_as_id, f.characteristic_id)
    LEFT JOIN inspections_inspection i ON i.id = f.inspection_id
    WHERE f.batch_id = wanted AND (f.late OR i.is_invalid IS NOT TRUE)
$$;

-- Whether one says the same as another, but for a translation or a first picture that were missing.
CREATE FUNCTION says_the_same(was inspections_characteristic, now inspections_characteristic) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT now.aspect = was.aspect AND was.picture IN ('', now.picture)
        AND ((now.name, now.name_zh) = (was.name, was.name_zh)
             OR was.name <> '' AND was.name_zh = '' AND now.name = was.name
             OR was.name_zh <> '' AND was.name = '' AND now.name_zh = was.name_zh)
        AND ((now.method, now.method_zh) = (was.method, was.method_zh)
             OR was.method <> '' AND was.method_zh = '' AND now.method = was.method
             OR was.method_zh <> '' AND was.method = '' AND now.method_zh = was.method_zh)
$$;

CREATE FUNCTION guard_reinspection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    classes text[] := ARRAY['critical', 'major', 'minor'];
    failed record;
    was inspections_characteristic;
    is_now inspections_characteristic;
BEGIN
    FOR failed IN SELECT * FROM found_nonconforming(NEW.batch_id) LOOP
        was := failed.asked;
        -- What was found later in another way or unit is asked as it was found last: limits of two units say nothing.
        CONTINUE WHEN EXISTS (
            SELECT FROM found_nonconforming(NEW.batch_id) later
            WHERE (later.found_at, later.place) > (failed.found_at, failed.place) AND (later.asked).code = was.code
              AND ((later.asked).is_measured, (later.asked).unit) <> (was.is_measured, was.unit));
        is_now := asked_by(NEW, was.code);
        IF is_now.id IS NULL
           OR array_position(classes, is_now.nonconformity_class::text)
              > array_position(classes, was.nonconformity_class::text)
           OR NOT EXISTS (SELECT FROM found_nonconforming(NEW.batch_id) one
                          WHERE (one.asked).code = was.code AND says_the_same(one.asked, is_now))
           OR is_now.is_measured <> was.is_measured OR is_now.unit <> was.unit
           OR was.lower IS NOT NULL AND (is_now.lower IS NULL OR is_now.lower < was.lower)
           OR was.upper IS NOT NULL AND (is_now.upper IS NULL OR is_now.upper > was.upper)
           OR NOT (NEW.plan ? is_now.nonconformity_class OR NEW.variables_plans ? was.code
                   OR NEW.own_plans ? was.code) THEN
            RAISE EXCEPTION 'batch %: % was found nonconforming, and the re-inspection does not ask as much',
                NEW.batch_id, was.code
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
        SELECT FROM found_nonconforming(NEW.batch_id) failed
        WHERE coalesce(failed.inspection < NEW.id, failed.found_at < NEW.planned_at)
          AND NOT EXISTS (SELECT FROM inspections_result a
                          WHERE a.inspection_id = NEW.id AND a.is_complete
                            AND a.characteristic_id = (asked_by(NEW, (failed.asked).code)).id))
    THEN
        RAISE EXCEPTION 'inspection % is accepted, and does not answer what failed before', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reinspection_answers_what_failed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reinspection_answers_what_failed AFTER INSERT OR UPDATE ON inspections_inspection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.round > 1 AND NEW.verdict = 'accepted')
    EXECUTE FUNCTION require_answers_to_what_failed();
