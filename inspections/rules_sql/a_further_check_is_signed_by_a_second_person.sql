-- A golden sample is checked further only for what its product requires, by somebody, and signed by somebody who never recorded
-- anything on it. Once signed, a further check never changes.

CREATE FUNCTION guard_further_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'further check %: it stays on the record', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'further_check_is_never_deleted';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.signed_at IS NOT NULL OR NEW.sample_id <> OLD.sample_id
                             OR NEW.characteristic_id <> OLD.characteristic_id) THEN
        RAISE EXCEPTION 'further check %: it is signed and never changes', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'further_check_is_frozen_once_signed';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_sample s JOIN inspections_specification v ON v.product_id = s.product_id
        JOIN inspections_characteristic c ON c.specification_id = v.id
        WHERE s.id = NEW.sample_id AND s.status = 'approved' AND v.status = 'active' AND c.id = NEW.characteristic_id
          AND c.is_measured = (NEW.readings IS NOT NULL))
    THEN
        RAISE EXCEPTION 'sample %: this is not required of it now', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'further_check_is_of_what_is_required';
    END IF;
    IF NEW.signed_by_id IS NOT NULL AND (
        TG_OP = 'INSERT' OR EXISTS (
            SELECT FROM inspections_samplerecorder WHERE sample_id = NEW.sample_id AND user_id = NEW.signed_by_id))
    THEN
        RAISE EXCEPTION 'sample %: who checked it does not sign for that', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'further_check_is_signed_by_someone_who_did_not_check';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER further_check_is_signed_by_a_second_person BEFORE INSERT OR UPDATE OR DELETE ON inspections_furthercheck
    FOR EACH ROW EXECUTE FUNCTION guard_further_check();
