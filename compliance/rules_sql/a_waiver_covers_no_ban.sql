-- A waiver never covers a ban, and what was signed is not changed afterwards.

CREATE FUNCTION guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'ended' AND (SELECT is_ban FROM compliance_requirement WHERE id = NEW.requirement_id) THEN
        RAISE EXCEPTION 'a waiver never covers a ban'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_covers_no_ban';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.uid, NEW.listing_id, NEW.requirement_id, NEW.reason, NEW."limit", NEW.expires_on,
            NEW.requested_by_id, NEW.requested_at)
        <> (OLD.uid, OLD.listing_id, OLD.requirement_id, OLD.reason, OLD."limit", OLD.expires_on,
            OLD.requested_by_id, OLD.requested_at) OR OLD.state = 'ended') THEN
        RAISE EXCEPTION 'waiver %: what was signed is not changed afterwards', OLD.uid
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'waiver_is_frozen_once_requested';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER waiver_covers_no_ban BEFORE INSERT OR UPDATE ON compliance_waiver
    FOR EACH ROW EXECUTE FUNCTION guard_waiver();
