-- R4: inserting a decision is the only way to be live, and it is refused while the gate is closed. A gate that is due to
-- be worked out anew says nothing, and one that was judged on another day says nothing about this.

CREATE FUNCTION require_open_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    g compliance_gate;
BEGIN
    SELECT * INTO g FROM compliance_gate WHERE listing_id = NEW.listing_id FOR NO KEY UPDATE;
    IF g.state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'the gate of listing % is closed', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_an_open_gate';
    END IF;
    IF g.live = 'live' THEN
        RAISE EXCEPTION 'listing % is live already', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_is_decided_once_at_a_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER go_live_needs_an_open_gate BEFORE INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION require_open_gate();

CREATE FUNCTION require_gate_of_that_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    g compliance_gate;
BEGIN
    SELECT * INTO g FROM compliance_gate WHERE listing_id = NEW.listing_id FOR NO KEY UPDATE;
    IF g.next_change_at <= NEW.decided_at THEN
        RAISE EXCEPTION 'the gate of listing % is due to be worked out anew', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_a_gate_of_now';
    END IF;
    IF g.planned_on IS DISTINCT FROM NEW."on" THEN
        RAISE EXCEPTION 'the gate of listing % was not judged on %', NEW.listing_id, NEW."on"
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_a_gate_of_that_day';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER go_live_needs_the_gate_of_that_day BEFORE INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION require_gate_of_that_day();

CREATE FUNCTION open_the_market() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_gate SET live = 'live', decision_id = NEW.id WHERE listing_id = NEW.listing_id;
    RETURN NULL;
END $$;
CREATE TRIGGER go_live_opens_the_market AFTER INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION open_the_market();

CREATE FUNCTION guard_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.live = 'live' AND OLD.live <> 'live' AND NOT (
        NEW.decision_id > coalesce(OLD.decision_id, 0)
        AND EXISTS (SELECT FROM compliance_golivedecision d WHERE d.id = NEW.decision_id AND d.listing_id = NEW.listing_id))
    THEN
        RAISE EXCEPTION 'listing % goes live by a new decision alone', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'live_only_by_a_new_decision';
    END IF;
    IF NEW.live = 'never' AND OLD.live <> 'never' OR NEW.listing_id <> OLD.listing_id
       OR OLD.decision_id IS NOT NULL AND NEW.decision_id IS DISTINCT FROM OLD.decision_id AND NEW.live <> 'live' THEN
        RAISE EXCEPTION 'the gate of listing % keeps what was decided', NEW.listing_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'gate_keeps_its_decision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER live_only_by_a_new_decision BEFORE UPDATE ON compliance_gate
    FOR EACH ROW EXECUTE FUNCTION guard_gate();
