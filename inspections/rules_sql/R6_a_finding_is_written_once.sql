-- R6: a finding is written once, and says truly what it belongs to: an inspection of its batch, a check of its product, in
-- no milder class than that of the check (R9), and whether it came late. What counts in an open inspection, and what there
-- is on a batch, is counted there, so that nobody looks for findings where there are none.

CREATE FUNCTION guard_batch_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_open boolean;
    class_of_check text;
    own inspections_characteristic;
BEGIN
    SELECT bool_or(status = 'open' AND (id = NEW.inspection_id OR NEW.inspection_id IS NULL)) INTO is_open
        FROM inspections_inspection WHERE batch_id = NEW.batch_id;
    IF NEW.late = coalesce(is_open, false) THEN
        RAISE EXCEPTION 'a finding is late exactly where its inspection is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_is_late_exactly_when_its_inspection_is_closed';
    END IF;
    IF NEW.inspection_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_inspection WHERE id = NEW.inspection_id AND batch_id = NEW.batch_id)
    THEN
        RAISE EXCEPTION 'a finding is of an inspection of its batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_is_of_an_inspection_of_its_batch';
    END IF;
    IF NEW.characteristic_id IS NOT NULL THEN
        SELECT c.nonconformity_class INTO class_of_check
            FROM inspections_characteristic c LEFT JOIN inspections_specification s ON s.id = c.specification_id
            LEFT JOIN inspections_finding earlier ON earlier.asked_as_id = c.id
            JOIN inspections_batch b ON b.product_id = s.product_id OR b.id = earlier.batch_id
            WHERE c.id = NEW.characteristic_id AND b.id = NEW.batch_id;
        IF class_of_check IS NULL OR array_position('{critical,major,minor}'::text[], NEW.nonconformity_class::text)
                                     > array_position('{critical,major,minor}'::text[], class_of_check) THEN
            RAISE EXCEPTION 'a finding is on a check of its product, in no milder class'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_is_in_no_milder_class_than_its_check';
        END IF;
    END IF;
    IF NEW.asked_as_id IS NOT NULL OR NEW.nonconformity_class <> class_of_check THEN
        SELECT * INTO own FROM inspections_characteristic WHERE id = NEW.asked_as_id AND specification_id IS NULL;
        IF own.nonconformity_class IS DISTINCT FROM NEW.nonconformity_class THEN
            RAISE EXCEPTION 'a finding on no check, or graver than its own, is asked again by a check of its own in its class'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_is_asked_again_in_its_class';
        END IF;
    END IF;
    UPDATE inspections_batch SET finding_count = finding_count + 1 WHERE id = NEW.batch_id;
    IF NEW.inspection_id IS NOT NULL AND NOT NEW.late THEN
        UPDATE inspections_inspection SET finding_count = finding_count + 1 WHERE id = NEW.inspection_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_is_of_its_batch BEFORE INSERT ON inspections_finding
    FOR EACH ROW EXECUTE FUNCTION guard_batch_finding();
CREATE TRIGGER finding_is_written_once BEFORE UPDATE OR DELETE ON inspections_finding
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
