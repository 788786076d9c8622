-- R3: a hold ends by an accepted re-inspection that was planned after it, or by a signed disposition. It never opens again
-- and is never deleted. A critical one stays critical, and a re-inspection ends it only where it followed the supplier's
-- answer, a rework or a manager's order.

CREATE FUNCTION guard_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    planned timestamptz;
BEGIN
    IF OLD.status = 'ended' OR NEW.batch_id <> OLD.batch_id OR NEW.placed_at <> OLD.placed_at
       OR OLD.is_critical AND NOT NEW.is_critical THEN
        RAISE EXCEPTION 'hold %: an ended hold, its batch, its time and that it is critical never change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_is_never_rewritten';
    END IF;
    IF NEW.status = 'ended' AND NOT (
        NEW.ended_by_inspection_id IS NOT NULL AND EXISTS (
            SELECT FROM inspections_inspection i
            WHERE i.id = NEW.ended_by_inspection_id AND i.batch_id = NEW.batch_id AND i.verdict = 'accepted'
              AND i.round > 1 AND i.planned_at > NEW.placed_at AND i.hold_id IS NULL
              AND NOT EXISTS (SELECT FROM inspections_inspection later WHERE later.hold_id = NEW.id AND later.id > i.id))
        OR NEW.ended_by_inspection_id IS NULL AND EXISTS (
            SELECT FROM inspections_disposition d WHERE d.hold_id = NEW.id))
    THEN
        RAISE EXCEPTION 'hold % ends only by an accepted re-inspection or a signed disposition', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_only_by_reinspection_or_disposition';
    END IF;
    IF NEW.status = 'ended' AND NEW.is_critical AND NEW.ended_by_inspection_id IS NOT NULL THEN
        SELECT planned_at INTO planned FROM inspections_inspection WHERE id = NEW.ended_by_inspection_id;
        IF NOT EXISTS (SELECT FROM inspections_holdresponse WHERE hold_id = NEW.id AND responded_at <= planned)
           AND NOT EXISTS (SELECT FROM inspections_reinspectionorder WHERE hold_id = NEW.id AND ordered_at <= planned)
           AND NOT EXISTS (SELECT FROM inspections_disposition
                           WHERE hold_id = NEW.id AND kind = 'rework' AND decided_at <= planned)
        THEN
            RAISE EXCEPTION 'hold %: nobody answered, reworked or ordered what was inspected again', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_that_is_critical_ends_by_what_was_called_for';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_only_by_reinspection_or_disposition BEFORE UPDATE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION guard_hold();
CREATE TRIGGER hold_is_never_deleted BEFORE DELETE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_is_written_once BEFORE UPDATE OR DELETE ON inspections_holdresponse
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reinspection_order_is_written_once BEFORE UPDATE OR DELETE ON inspections_reinspectionorder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER countersignature_is_written_once BEFORE UPDATE OR DELETE ON inspections_countersignature
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
