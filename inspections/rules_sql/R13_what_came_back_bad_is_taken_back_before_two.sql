-- R13, R8: what came back bad from a pilot run may be corrected while it runs; who did so does not conclude the run as passed, and
-- a run that is stopped afterwards was stopped with bad units. Each unit and reading names who recorded it last; the run keeps
-- everybody who let it show less.

CREATE FUNCTION keep_who_took_back(wanted bigint, who bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE inspections_pilotrun SET took_back_by = took_back_by || who WHERE id = wanted AND NOT took_back_by @> ARRAY[who];
$$;

CREATE FUNCTION keep_who_took_back_an_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_who_took_back(NEW.run_id, NEW.recorded_by_id);
    RETURN NULL;
END $$;
CREATE TRIGGER outcome_that_was_bad_keeps_who_took_it_back AFTER UPDATE ON inspections_pilotunit
    FOR EACH ROW WHEN (
        (OLD.outcome = 'damaged' OR OLD.damage <> '') AND NOT (NEW.outcome = 'damaged' OR NEW.damage <> '')
        OR (OLD.outcome = 'complained' OR OLD.complaints <> '{}') AND NOT (NEW.outcome = 'complained' OR NEW.complaints <> '{}')
        OR OLD.outcome = 'returned' AND NEW.outcome <> 'returned')
    EXECUTE FUNCTION keep_who_took_back_an_outcome();

CREATE FUNCTION keep_who_took_back_a_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT nonconformity_class FROM inspections_characteristic WHERE id = OLD.characteristic_id) <> 'minor' THEN
        PERFORM keep_who_took_back(NEW.run_id, NEW.recorded_by_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reading_beyond_a_limit_keeps_who_took_it_back AFTER UPDATE ON inspections_pilotreading
    FOR EACH ROW WHEN (NEW.nonconforming < OLD.nonconforming) EXECUTE FUNCTION keep_who_took_back_a_reading();

CREATE FUNCTION guard_who_took_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.took_back_by @> OLD.took_back_by THEN
        RAISE EXCEPTION 'pilot run %: who took back what was bad stays on the record', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_run_keeps_who_took_back_what_was_bad';
    END IF;
    IF NEW.verdict = 'pass' AND NEW.concluded_by_id = ANY(NEW.took_back_by) THEN
        RAISE EXCEPTION 'pilot run %: who took back what was bad does not conclude it as passed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_run_is_passed_by_another_than_who_took_back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_run_keeps_who_took_back_what_was_bad BEFORE UPDATE ON inspections_pilotrun
    FOR EACH ROW EXECUTE FUNCTION guard_who_took_back();
