-- R13: a pilot run that failed, or was stopped after units had come back bad, is not repeated until one passes: no further run of its product is planned before somebody who had
-- no part in it has signed that what failed was mended, or that its samples were invalid, so that it does not count. Who had a
-- part is told by what happened; a unit names who recorded it last.

CREATE FUNCTION has_failed(r inspections_pilotrun) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT r.status = 'concluded' AND (r.verdict = 'fail' OR r.failed_late_at IS NOT NULL)
$$;

CREATE FUNCTION was_stopped_badly(r inspections_pilotrun) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT r.status = 'stopped' AND (
        r.took_back_by <> '{}'
        OR EXISTS (SELECT FROM inspections_pilotunit WHERE run_id = r.id AND outcome NOT IN ('', 'ok'))
        OR EXISTS (SELECT FROM inspections_pilotreading p JOIN inspections_characteristic c ON c.id = p.characteristic_id
                   WHERE p.run_id = r.id AND p.nonconforming > 0 AND c.nonconformity_class IN ('critical', 'major')))
$$;

CREATE FUNCTION guard_pilot_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r inspections_pilotrun;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was signed about pilot run % stays on the record', OLD.run_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_word_is_written_once';
    END IF;
    SELECT * INTO r FROM inspections_pilotrun WHERE id = NEW.run_id FOR UPDATE;
    IF NOT has_failed(r) AND NOT was_stopped_badly(r) THEN
        RAISE EXCEPTION 'pilot run %: it has not failed, nor was it stopped with bad units', r.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_word_is_of_a_failed_run';
    END IF;
    IF NEW.signed_by_id IN (r.planned_by_id, r.concluded_by_id)
       OR EXISTS (SELECT FROM inspections_pilotunit WHERE run_id = r.id AND recorded_by_id = NEW.signed_by_id)
       OR EXISTS (SELECT FROM activity_event e JOIN suppliers_product p ON p.id = r.product_id
                  WHERE e.stream = 'product:' || p.sku AND e.kind LIKE 'pilot.%' AND e.actor_id = NEW.signed_by_id
                    AND e.kind NOT IN ('pilot.carried_over', 'pilot.word_signed') AND e.data ->> 'run' = r.uid::text)
    THEN
        RAISE EXCEPTION 'pilot run %: who had a part in it does not sign what becomes of it', r.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_word_is_signed_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_word_is_signed_by_a_second_person BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotword
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_word();

CREATE FUNCTION guard_repeated_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last inspections_pilotrun;
BEGIN
    SELECT r.* INTO last FROM inspections_pilotrun r
        WHERE r.product_id = NEW.product_id AND (r.status = 'concluded' OR was_stopped_badly(r))
          AND NOT EXISTS (SELECT FROM inspections_pilotword WHERE run_id = r.id AND kind = 'invalid_sample')
        ORDER BY r.ordinal DESC LIMIT 1;
    IF (has_failed(last) OR last.status = 'stopped') AND NOT EXISTS (SELECT FROM inspections_pilotword WHERE run_id = last.id) THEN
        RAISE EXCEPTION 'product %: nobody has signed what becomes of pilot run %, which failed or was stopped with bad units', NEW.product_id, last.ordinal
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_follows_no_unanswered_failure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_run_follows_no_unanswered_failure BEFORE INSERT ON inspections_pilotrun
    FOR EACH ROW EXECUTE FUNCTION guard_repeated_run();
