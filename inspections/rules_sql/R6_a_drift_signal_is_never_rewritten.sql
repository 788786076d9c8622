-- R6: what a signal was when it was noticed stays; it ends once, by somebody else than who inspected where it was seen (R3).

CREATE FUNCTION guard_drift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
       OR (NEW.uid, NEW.product_id, NEW.code, NEW.kind, NEW.since_id, NEW.seen_in_id, NEW.facts, NEW.noticed_at)
          <> (OLD.uid, OLD.product_id, OLD.code, OLD.kind, OLD.since_id, OLD.seen_in_id, OLD.facts, OLD.noticed_at)
    THEN
        RAISE EXCEPTION 'drift %: its figures never change, and nothing of it once it has ended', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'drift_is_never_rewritten';
    END IF;
    IF NEW.ended_by_id IN (SELECT who_recorded(NEW.since_id) UNION SELECT who_recorded(NEW.seen_in_id)) THEN
        RAISE EXCEPTION 'drift %: who inspected where it was seen does not end it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'drift_is_ended_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drift_is_never_rewritten BEFORE UPDATE OR DELETE ON inspections_drift
    FOR EACH ROW EXECUTE FUNCTION guard_drift();
