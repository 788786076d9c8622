-- R3: that a critical reading was a wrong key is said by who recorded it, and settled by somebody who never did: the hold
-- stays until then. What was typed and what was read never change (R6). A hold ends for it only where nothing else critical
-- rests on it.

CREATE FUNCTION guard_typing_error() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.named_by_id NOT IN (SELECT who_recorded(NEW.inspection_id)) THEN
            RAISE EXCEPTION 'inspection %: a typing error is named by who recorded it', NEW.inspection_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'typing_error_is_named_by_who_recorded';
        END IF;
        IF NEW.disposition_id IS NOT NULL OR NEW.refused_at IS NOT NULL
           OR NOT EXISTS (SELECT FROM inspections_inspection i JOIN inspections_hold h ON h.id = i.hold_id
                          WHERE i.id = NEW.inspection_id AND h.id = NEW.hold_id AND h.status = 'open')
           OR NOT EXISTS (SELECT FROM inspections_characteristic
                          WHERE id = NEW.characteristic_id AND nonconformity_class = 'critical')
        THEN
            RAISE EXCEPTION 'hold %: a typing error is of a critical reading that it rests on, and waits', NEW.hold_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'typing_error_is_of_what_holds';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.disposition_id IS NOT NULL OR OLD.refused_at IS NOT NULL
       OR to_jsonb(NEW) - '{disposition_id,refused_at,refused_by_id,refused_reason}'::text[]
          <> to_jsonb(OLD) - '{disposition_id,refused_at,refused_by_id,refused_reason}'::text[]
    THEN
        RAISE EXCEPTION 'typing error %: what it says never changes, and it is settled once', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'typing_error_is_written_once';
    END IF;
    IF NEW.refused_by_id IN (SELECT who_recorded(NEW.inspection_id)) OR NEW.disposition_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_disposition d
        WHERE d.id = NEW.disposition_id AND d.hold_id = NEW.hold_id AND d.kind = 'typing_error'
          AND d.decided_by_id NOT IN (SELECT who_recorded(NEW.inspection_id)))
    THEN
        RAISE EXCEPTION 'typing error %: who recorded does not settle it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'typing_error_is_settled_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER typing_error_is_settled_by_a_second_person BEFORE INSERT OR UPDATE OR DELETE ON inspections_typingerror
    FOR EACH ROW EXECUTE FUNCTION guard_typing_error();

CREATE FUNCTION require_nothing_else_critical() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM inspections_typingerror WHERE hold_id = NEW.hold_id AND refused_at IS NULL)
       OR EXISTS (SELECT FROM inspections_finding WHERE hold_id = NEW.hold_id)
       OR EXISTS (SELECT FROM inspections_hold WHERE id = NEW.hold_id AND reason <> 'critical')
       OR EXISTS (SELECT FROM inspections_inspection i
                  LEFT JOIN inspections_result r ON r.inspection_id = i.id AND r.nonconforming > 0
                  LEFT JOIN inspections_characteristic c ON c.id = r.characteristic_id
                  WHERE i.hold_id = NEW.hold_id AND (i.status <> 'open' OR c.nonconformity_class = 'critical'))
    THEN
        RAISE EXCEPTION 'hold %: it rests on more than a typing error', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_for_a_typing_error_only_when_it_rests_on_it_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_for_a_typing_error_only_when_it_rests_on_it_alone BEFORE INSERT ON inspections_disposition
    FOR EACH ROW WHEN (NEW.kind = 'typing_error') EXECUTE FUNCTION require_nothing_else_critical();
