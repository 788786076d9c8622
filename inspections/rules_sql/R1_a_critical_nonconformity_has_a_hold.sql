-- R1: a critical nonconformity that is committed has a hold on its batch. Checked at commit, so that the service may
-- write the rows in any order; what another row has taken the place of by then is not committed.

CREATE FUNCTION require_hold_for_critical() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_result r JOIN inspections_characteristic c ON c.id = r.characteristic_id
               WHERE r.id = NEW.id AND r.nonconforming > 0 AND c.nonconformity_class = 'critical')
       AND NOT EXISTS (SELECT FROM inspections_inspection i JOIN inspections_hold h ON h.id = i.hold_id
                       WHERE i.id = NEW.inspection_id AND h.batch_id = i.batch_id)
    THEN
        RAISE EXCEPTION 'inspection % has a critical nonconformity and no hold on its batch', NEW.inspection_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'critical_nonconformity_has_a_hold';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER critical_nonconformity_has_a_hold AFTER INSERT OR UPDATE ON inspections_result
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.nonconforming > 0)
    EXECUTE FUNCTION require_hold_for_critical();
