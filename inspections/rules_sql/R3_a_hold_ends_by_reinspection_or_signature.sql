-- R3: a hold ends by an accepted re-inspection that was planned after it, or by a signed disposition. It never opens again
-- and is never deleted.

CREATE FUNCTION guard_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'ended' OR NEW.batch_id <> OLD.batch_id OR NEW.placed_at <> OLD.placed_at THEN
        RAISE EXCEPTION 'hold %: an ended hold, its batch and its time never change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_is_never_rewritten';
    END IF;
    IF NEW.status = 'ended' AND NOT (
        NEW.ended_by_inspection_id IS NOT NULL AND EXISTS (
            SELECT FROM inspections_inspection i
            WHERE i.id = NEW.ended_by_inspection_id AND i.batch_id = NEW.batch_id AND i.verdict = 'accepted'
              AND i.round > 1 AND i.planned_at > NEW.placed_at AND i.hold_id IS NULL)
        OR NEW.ended_by_inspection_id IS NULL AND EXISTS (
            SELECT FROM inspections_disposition d WHERE d.hold_id = NEW.id))
    THEN
        RAISE EXCEPTION 'hold % ends only by an accepted re-inspection or a signed disposition', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_only_by_reinspection_or_disposition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_only_by_reinspection_or_disposition BEFORE UPDATE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION guard_hold();
CREATE TRIGGER hold_is_never_deleted BEFORE DELETE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
