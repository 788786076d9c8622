-- R1: a critical finding comes after its hold: one on its batch that is open, of no units where nothing is left of it now, or,
-- where nothing can come back or be replaced either, the last one. No re-inspection that was planned before it ends that hold, and who found does not sign its disposition (R3).

CREATE FUNCTION require_hold_for_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM inspections_hold WHERE id = NEW.hold_id AND batch_id = NEW.batch_id AND status = 'open')
       AND (b.awaiting + b.available + b.on_hold + b.set_aside + b.shipped > 0 OR NEW.hold_id IS NULL
            OR NEW.hold_id <> (SELECT max(id) FROM inspections_hold WHERE batch_id = NEW.batch_id))
    THEN
        RAISE EXCEPTION 'batch %: a critical finding needs a hold on it', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'critical_finding_has_a_hold';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER critical_finding_has_a_hold BEFORE INSERT ON inspections_finding
    FOR EACH ROW WHEN (NEW.nonconformity_class = 'critical') EXECUTE FUNCTION require_hold_for_finding();

CREATE FUNCTION guard_hold_of_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_finding f JOIN inspections_inspection i ON i.id = NEW.ended_by_inspection_id
               WHERE f.hold_id = NEW.id AND f.received_at > i.planned_at) THEN
        RAISE EXCEPTION 'hold %: a critical finding came after the re-inspection was planned', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_by_no_reinspection_older_than_its_findings';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_by_no_reinspection_older_than_its_findings BEFORE UPDATE ON inspections_hold
    FOR EACH ROW WHEN (NEW.ended_by_inspection_id IS NOT NULL) EXECUTE FUNCTION guard_hold_of_findings();

CREATE FUNCTION guard_disposition_of_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_finding WHERE hold_id = NEW.hold_id AND found_by_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'hold %: who found what it rests on may not decide it', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disposition_is_signed_by_another_than_who_found';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposition_is_signed_by_another_than_who_found BEFORE INSERT ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION guard_disposition_of_findings();
