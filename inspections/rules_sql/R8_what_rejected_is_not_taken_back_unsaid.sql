-- R8: while an inspection is open, a result that made its record reject loses no nonconforming units unless the inspection
-- remembers what it showed, which then stays and holds the batch at the end (constraint
-- inspection_that_took_back_a_rejection_has_a_hold). What was critical has its hold already. Variables plans are not
-- estimated here.

CREATE FUNCTION guard_taking_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    i inspections_inspection;
BEGIN
    SELECT * INTO i FROM inspections_inspection WHERE id = OLD.inspection_id;
    IF i.status = 'open' AND i.taken_back IS NULL AND EXISTS (
        SELECT FROM rejecting_classes(i) class WHERE class <> 'critical')
    THEN
        RAISE EXCEPTION 'inspection %: its record rejects, and what it showed is not taken back unsaid', i.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'result_that_rejects_is_not_taken_back_unsaid';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER result_that_rejects_is_not_taken_back_unsaid BEFORE UPDATE ON inspections_result
    FOR EACH ROW WHEN (NEW.nonconforming < OLD.nonconforming OR NEW.nonconformities < OLD.nonconformities)
    EXECUTE FUNCTION guard_taking_back();

CREATE FUNCTION keep_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'inspection %: what was taken back stays remembered', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_remembers_what_was_taken_back';
END $$;
CREATE TRIGGER inspection_remembers_what_was_taken_back BEFORE UPDATE ON inspections_inspection
    FOR EACH ROW WHEN (OLD.taken_back IS NOT NULL AND NEW.taken_back IS DISTINCT FROM OLD.taken_back)
    EXECUTE FUNCTION keep_taken_back();
