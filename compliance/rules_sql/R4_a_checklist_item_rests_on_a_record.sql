-- R4: no item of a checklist is met but by an accepted paper, or a signed waiver, of this listing and requirement; and
-- none stays met when that is revoked or ended.

CREATE FUNCTION require_record_for_item(item_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    item compliance_checklistitem;
BEGIN
    SELECT * INTO item FROM compliance_checklistitem WHERE id = item_id;
    IF item.state = 'accepted' AND NOT EXISTS (
        SELECT FROM compliance_evidence e JOIN compliance_evidencelisting n ON n.evidence_id = e.id
        WHERE e.id = item.evidence_id AND e.state = 'accepted' AND e.requirement_id = item.requirement_id
          AND n.listing_id = item.listing_id) THEN
        RAISE EXCEPTION 'the item is accepted without an accepted paper that names its listing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_item_is_accepted_on_accepted_evidence';
    END IF;
    IF item.state = 'waived' AND NOT EXISTS (
        SELECT FROM compliance_waiver w WHERE w.id = item.waiver_id AND w.state = 'signed'
          AND w.requirement_id = item.requirement_id AND w.listing_id = item.listing_id) THEN
        RAISE EXCEPTION 'the item is waived without a signed waiver of its listing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_item_is_waived_by_a_signed_waiver';
    END IF;
END $$;

CREATE FUNCTION guard_checklist_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_record_for_item(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER checklist_item_rests_on_a_record AFTER INSERT OR UPDATE ON compliance_checklistitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('accepted', 'waived'))
    EXECUTE FUNCTION guard_checklist_item();

CREATE FUNCTION guard_items_of_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_record_for_item(id) FROM compliance_checklistitem WHERE evidence_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER no_item_rests_on_revoked_evidence AFTER UPDATE ON compliance_evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'accepted' AND NEW.state <> 'accepted')
    EXECUTE FUNCTION guard_items_of_evidence();

CREATE FUNCTION guard_items_of_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_record_for_item(id) FROM compliance_checklistitem WHERE waiver_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER no_item_rests_on_an_ended_waiver AFTER UPDATE ON compliance_waiver
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'signed' AND NEW.state <> 'signed')
    EXECUTE FUNCTION guard_items_of_waiver();
