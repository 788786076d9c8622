-- Complaint points are named by their codes where no foreign key leads: in arrays, and in what should catch them. A code that
-- is in use is never deleted nor changed, and no code is written that no point has.

CREATE FUNCTION guard_complaint_point() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.code = OLD.code AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM inspections_pilotunit WHERE complaints @> ARRAY[OLD.code])
       OR EXISTS (SELECT FROM inspections_pilotlate WHERE complaints @> ARRAY[OLD.code])
       OR EXISTS (SELECT FROM inspections_marketreturn WHERE complaints @> ARRAY[OLD.code])
       OR EXISTS (SELECT FROM inspections_catch WHERE complaint = OLD.code)
       OR EXISTS (SELECT FROM inspections_proposal WHERE kind = 'add_characteristic' AND subject = OLD.code)
    THEN
        RAISE EXCEPTION 'the complaint point % is in use: close it instead', OLD.code
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'complaint_point_in_use_keeps_its_code';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complaint_point_in_use_keeps_its_code BEFORE UPDATE OR DELETE ON inspections_complaintpoint
    FOR EACH ROW EXECUTE FUNCTION guard_complaint_point();

-- The points that are named are locked, so that none of them is deleted meanwhile.
CREATE FUNCTION guard_named_complaints() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text[] := CASE TG_TABLE_NAME WHEN 'inspections_catch' THEN ARRAY[to_jsonb(NEW) ->> 'complaint']
                    ELSE ARRAY(SELECT jsonb_array_elements_text(to_jsonb(NEW) -> 'complaints')) END;
    known text[];
BEGIN
    IF named = '{}' THEN
        RETURN NEW;
    END IF;
    SELECT array_agg(found.code) INTO known FROM (
        SELECT code FROM inspections_complaintpoint WHERE code = ANY(named) AND parent_id IS NOT NULL FOR KEY SHARE) AS found;
    IF NOT named <@ coalesce(known, '{}') THEN
        RAISE EXCEPTION 'of % some are no complaint points', named
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaints_are_known_points';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER market_return_has_known_complaints BEFORE INSERT OR UPDATE OF complaints ON inspections_marketreturn
    FOR EACH ROW EXECUTE FUNCTION guard_named_complaints();
CREATE TRIGGER pilot_late_outcome_has_known_complaints BEFORE INSERT ON inspections_pilotlate
    FOR EACH ROW EXECUTE FUNCTION guard_named_complaints();
CREATE TRIGGER catch_has_a_known_complaint BEFORE INSERT OR UPDATE OF complaint ON inspections_catch
    FOR EACH ROW EXECUTE FUNCTION guard_named_complaints();
