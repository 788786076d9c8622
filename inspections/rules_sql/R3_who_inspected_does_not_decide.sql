-- R3: who led or recorded an inspection that a hold rests on does not sign its disposition.

CREATE FUNCTION guard_disposition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_inspection WHERE hold_id = NEW.hold_id AND inspector_id = NEW.decided_by_id)
       OR EXISTS (SELECT FROM inspections_result r JOIN inspections_inspection i ON i.id = r.inspection_id
                  WHERE i.hold_id = NEW.hold_id AND r.recorded_by_id = NEW.decided_by_id)
    THEN
        RAISE EXCEPTION 'hold %: who inspected the batch may not decide its hold', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disposition_is_signed_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposition_is_signed_by_a_second_person BEFORE INSERT ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION guard_disposition();
