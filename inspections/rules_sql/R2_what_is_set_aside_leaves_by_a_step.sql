-- R2 and R3: inserting a step moves units out of what is set aside, and nothing else does. None joins what may ship while a hold
-- covers the batch; without a signature none does before the batch is accepted, or where something critical stands that was
-- said since; and a signature is that of a second person: of nobody who told a finding, or led or recorded an inspection that
-- set units aside or rejected the batch, or who has a part in what happened of it.

CREATE FUNCTION take_from_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id FOR UPDATE;
    IF b.set_aside < NEW.quantity THEN
        RAISE EXCEPTION 'batch %: no more than what is set aside can be taken from there', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'aside_step_takes_what_is_set_aside';
    END IF;
    IF NEW.place = 'available' AND (
        EXISTS (SELECT FROM inspections_hold WHERE batch_id = b.id AND status = 'open')
        OR NEW.signature = '' AND (last_accepted_at(b.id) IS NULL OR critical_stands(b.id, last_accepted_at(b.id)))) THEN
        RAISE EXCEPTION 'batch %: nothing joins what may ship while it is on hold or not accepted', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'aside_step_waits_for_the_batch';
    END IF;
    IF NEW.signature <> '' AND (EXISTS (
        SELECT FROM inspections_finding WHERE batch_id = b.id AND found_by_id = NEW.done_by_id)
      OR EXISTS (
        SELECT FROM inspections_inspection i WHERE i.batch_id = b.id AND (i.set_aside > 0 OR i.verdict = 'rejected') AND (
            i.inspector_id = NEW.done_by_id
            OR EXISTS (SELECT FROM inspections_result r
                       WHERE r.inspection_id = i.id AND r.recorded_by_id = NEW.done_by_id)
            OR EXISTS (SELECT FROM activity_event e
                       WHERE e.stream = 'batch:' || b.number AND e.actor_id = NEW.done_by_id
                         AND e.data ->> 'inspection' = i.uid::text))))
    THEN
        RAISE EXCEPTION 'batch %: who inspected it does not sign for what was set aside', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'aside_step_is_signed_by_a_second_person';
    END IF;
    UPDATE inspections_batch SET
        set_aside = set_aside - NEW.quantity,
        available = available + CASE NEW.place WHEN 'available' THEN NEW.quantity ELSE 0 END,
        returned = returned + CASE NEW.place WHEN 'returned' THEN NEW.quantity ELSE 0 END,
        scrapped = scrapped + CASE NEW.place WHEN 'scrapped' THEN NEW.quantity ELSE 0 END
    WHERE id = b.id;
    RETURN NEW;
END $$;
CREATE TRIGGER aside_step_takes_what_is_set_aside BEFORE INSERT ON inspections_asidestep
    FOR EACH ROW EXECUTE FUNCTION take_from_set_aside();
