-- R1: a critical hold that was placed or confirmed since a moment stands against all that had left or was set aside by then, also
-- once it has ended: only where all of it was signed as released, or as a typing error, may that ship without being looked
-- at again. A hold that covers no units is decided for what comes back; no other is decided for nothing.

CREATE FUNCTION critical_stands(batch bigint, since timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM inspections_hold h JOIN inspections_batch b ON b.id = h.batch_id
        WHERE h.batch_id = batch AND h.is_critical
          AND (h.placed_at >= since
               OR EXISTS (SELECT FROM inspections_finding f
                          WHERE f.hold_id = h.id AND f.nonconformity_class = 'critical' AND f.received_at >= since)
               OR EXISTS (SELECT FROM activity_event e
                          WHERE e.stream = 'batch:' || b.number AND e.kind = 'hold.confirmed' AND e.at >= since
                            AND e.data ->> 'hold' = h.uid::text AND e.data ->> 'reason' = 'critical'))
          AND (h.status = 'open'
               OR NOT EXISTS (SELECT FROM inspections_disposition WHERE hold_id = h.id)
               OR EXISTS (SELECT FROM inspections_disposition
                          WHERE hold_id = h.id AND kind NOT IN ('release', 'typing_error'))));
END $$;

CREATE FUNCTION guard_disposition_of_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_hold WHERE id = NEW.hold_id AND remaining > 0) THEN
        RAISE EXCEPTION 'hold %: it covers units, so that it is not decided for none', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disposition_of_nothing_is_of_a_hold_of_nothing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposition_of_nothing_is_of_a_hold_of_nothing BEFORE INSERT ON inspections_disposition
    FOR EACH ROW WHEN (NEW.quantity = 0) EXECUTE FUNCTION guard_disposition_of_nothing();
