-- R4, R13, whoever writes and by whatever way: a listing that is sold, was, or is open for a planned day loses no blocking
-- item, nor does one of its items block no more or become one of a group, without a loosening that a second person signed.
-- What the law itself ends or begins goes by its days.

CREATE FUNCTION guard_asked_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM compliance_gate g WHERE g.listing_id = OLD.listing_id
               AND (g.live <> 'never' OR g.state = 'open' AND g.planned_on IS NOT NULL))
       AND NOT EXISTS (SELECT FROM compliance_loosening l WHERE l.id = OLD.loosening_id AND l.state = 'signed')
       AND NOT (TG_OP = 'DELETE' AND EXISTS (SELECT FROM compliance_requirement r WHERE r.id = OLD.requirement_id
                AND (r.applies_from IS NOT NULL OR r.applies_until IS NOT NULL))) THEN
        RAISE EXCEPTION 'listing % loses what it is asked for only by a second signature', OLD.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_item_goes_by_a_second_signature';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER checklist_item_is_deleted_by_two BEFORE DELETE ON compliance_checklistitem
    FOR EACH ROW WHEN (OLD.is_blocking) EXECUTE FUNCTION guard_asked_item();
CREATE TRIGGER checklist_item_is_weakened_by_two BEFORE UPDATE ON compliance_checklistitem
    FOR EACH ROW WHEN (OLD.is_blocking AND (NOT NEW.is_blocking OR NEW."group" <> '' AND NEW."group" <> OLD."group"
                       OR NEW.listing_id <> OLD.listing_id OR NEW.requirement_id <> OLD.requirement_id))
    EXECUTE FUNCTION guard_asked_item();

CREATE FUNCTION guard_listing_loosening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'signed' AND NEW.decided_by_id = ANY(NEW.changed_by || NEW.asked_by_id) THEN
        RAISE EXCEPTION 'loosening %: who had a part in it does not sign it', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'loosening_is_signed_by_another';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'waiting' OR NOT NEW.changed_by @> OLD.changed_by
        OR (NEW.uid, NEW.cause, NEW.about, NEW.asked_by_id, NEW.asked_at)
           IS DISTINCT FROM (OLD.uid, OLD.cause, OLD.about, OLD.asked_by_id, OLD.asked_at)) THEN
        RAISE EXCEPTION 'loosening %: what was asked and decided is not changed afterwards', OLD.uid
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'loosening_is_frozen_once_decided';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loosening_is_signed_by_another BEFORE INSERT OR UPDATE ON compliance_loosening
    FOR EACH ROW EXECUTE FUNCTION guard_listing_loosening();
CREATE TRIGGER loosening_is_never_deleted BEFORE DELETE ON compliance_loosening
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER listing_keeps_its_product_and_market BEFORE UPDATE ON suppliers_listing
    FOR EACH ROW WHEN (OLD.market_id <> NEW.market_id OR OLD.product_id <> NEW.product_id) EXECUTE FUNCTION refuse_change();
