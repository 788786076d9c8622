-- R3: who ever led, recorded or corrected something that a hold rests on, or placed it by hand, does not sign it away: neither by a disposition, nor
-- by a countersignature, nor alone by a further inspection where the hold is critical. What was accepted on a deviation
-- and did not ship in time is held for what it was held for before.

CREATE FUNCTION who_inspected(wanted bigint) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH before AS (
        SELECT e.id, e.uid, e.reason, e.placed_by_id, e.batch_id FROM inspections_hold h
        JOIN inspections_hold e ON e.id = h.id
            OR h.reason = 'deviation_expired' AND e.batch_id = h.batch_id AND e.id < h.id
        WHERE h.id = wanted), rests_on AS (
        SELECT i.id, i.inspector_id FROM before JOIN inspections_inspection i ON i.hold_id = before.id)
    SELECT inspector_id::bigint FROM rests_on
    UNION SELECT r.user_id::bigint FROM inspections_recorder r JOIN rests_on ON rests_on.id = r.inspection_id
    UNION SELECT f.found_by_id::bigint FROM inspections_finding f
        WHERE f.hold_id IN (SELECT id FROM before) OR f.inspection_id IN (SELECT id FROM rests_on)
    UNION SELECT placed_by_id::bigint FROM before WHERE reason = 'manual' AND placed_by_id IS NOT NULL
    UNION SELECT e.actor_id::bigint FROM before JOIN inspections_batch b ON b.id = before.batch_id
        JOIN activity_event e ON e.stream = 'batch:' || b.number AND e.kind = 'hold.confirmed'
            AND e.data ->> 'reason' = 'manual' AND e.data ->> 'hold' = before.uid::text AND e.actor_id IS NOT NULL;
END $$;

CREATE FUNCTION who_recorded(wanted bigint) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT inspector_id::bigint FROM inspections_inspection WHERE id = wanted
    UNION SELECT user_id::bigint FROM inspections_recorder WHERE inspection_id = wanted
    UNION SELECT found_by_id::bigint FROM inspections_finding WHERE inspection_id = wanted;
END $$;

CREATE FUNCTION guard_disposition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decided_by_id IN (SELECT who_inspected(NEW.hold_id)) THEN
        RAISE EXCEPTION 'hold %: who inspected the batch, or stopped it by hand, may not decide its hold', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disposition_is_signed_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposition_is_signed_by_a_second_person BEFORE INSERT ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION guard_disposition();

CREATE FUNCTION guard_countersignature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.signed_by_id IN (SELECT who_inspected(NEW.hold_id) UNION SELECT who_recorded(NEW.inspection_id)) THEN
        RAISE EXCEPTION 'hold %: who inspected the batch may not countersign', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'countersignature_is_of_a_second_person';
    END IF;
    IF NOT EXISTS (SELECT FROM inspections_hold
                   WHERE id = NEW.hold_id AND status = 'open' AND to_countersign_id = NEW.inspection_id) THEN
        RAISE EXCEPTION 'hold %: it does not wait for this inspection to be countersigned', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'countersignature_is_waited_for';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER countersignature_is_of_a_second_person BEFORE INSERT ON inspections_countersignature
    FOR EACH ROW EXECUTE FUNCTION guard_countersignature();

CREATE FUNCTION require_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT who_recorded(NEW.ended_by_inspection_id) INTERSECT SELECT who_inspected(NEW.id))
       AND NOT EXISTS (SELECT FROM inspections_countersignature
                       WHERE hold_id = NEW.id AND inspection_id = NEW.ended_by_inspection_id)
    THEN
        RAISE EXCEPTION 'hold %: who inspected the batch does not end it alone by inspecting again', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_that_is_critical_ends_with_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_that_is_critical_ends_with_a_second_person BEFORE UPDATE ON inspections_hold
    FOR EACH ROW WHEN (NEW.status = 'ended' AND NEW.is_critical AND NEW.ended_by_inspection_id IS NOT NULL)
    EXECUTE FUNCTION require_second_person();
