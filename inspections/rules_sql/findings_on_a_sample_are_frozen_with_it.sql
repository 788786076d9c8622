-- What is found on a sample is written while it is being checked, and only then.

CREATE FUNCTION require_sample_being_checked(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    status_now text;
BEGIN
    SELECT status INTO status_now FROM inspections_sample WHERE id = wanted FOR SHARE;
    IF status_now <> 'received' THEN
        RAISE EXCEPTION 'sample %: what was found on it is frozen', wanted
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'finding_is_frozen_with_its_sample';
    END IF;
END $$;

CREATE FUNCTION guard_sample_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked(NEW.sample_id);
    IF NEW.characteristic_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_characteristic c JOIN inspections_sample s ON s.specification_id = c.specification_id
        WHERE c.id = NEW.characteristic_id AND s.id = NEW.sample_id AND c.is_measured = (NEW.readings IS NOT NULL))
    THEN
        RAISE EXCEPTION 'sample %: this is no check of its specification', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_check_is_of_its_specification';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sample_check_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_samplecheck
    FOR EACH ROW EXECUTE FUNCTION guard_sample_check();

CREATE FUNCTION guard_transport_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked(NEW.sample_id);
    RETURN NEW;
END $$;
CREATE TRIGGER transport_test_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_transporttest
    FOR EACH ROW EXECUTE FUNCTION guard_transport_test();

CREATE FUNCTION guard_drop_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked((SELECT sample_id FROM inspections_transporttest WHERE id = OLD.test_id));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked((SELECT sample_id FROM inspections_transporttest WHERE id = NEW.test_id));
    RETURN NEW;
END $$;
CREATE TRIGGER drop_result_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_dropresult
    FOR EACH ROW EXECUTE FUNCTION guard_drop_result();

CREATE FUNCTION guard_sample_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.sample_id IS NOT DISTINCT FROM OLD.sample_id)
       AND (NEW.inspection_id IS NOT DISTINCT FROM OLD.inspection_id) THEN
        RETURN NEW;  -- it is being processed
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.sample_id IS NOT NULL THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.sample_id IS NOT NULL THEN
        PERFORM require_sample_being_checked(NEW.sample_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER photo_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_photo
    FOR EACH ROW EXECUTE FUNCTION guard_sample_photo();
