from django.db import migrations

WRITTEN_ONCE = """
CREATE TRIGGER requirement_revision_is_written_once BEFORE UPDATE OR DELETE ON compliance_requirementrevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER register_lookup_is_written_once BEFORE UPDATE OR DELETE ON compliance_registerlookup
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_is_never_deleted BEFORE DELETE ON compliance_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER waiver_is_never_deleted BEFORE DELETE ON compliance_waiver
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# A requirement never says something else without a revision that tells who changed what.
REQUIREMENT_HAS_A_HISTORY = """
CREATE FUNCTION require_new_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND NEW.revision <> OLD.revision + 1 THEN
        RAISE EXCEPTION 'requirement % changes without a new revision', OLD.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'requirement_change_is_a_revision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER requirement_change_is_a_revision BEFORE UPDATE ON compliance_requirement
    FOR EACH ROW EXECUTE FUNCTION require_new_revision();

CREATE FUNCTION require_revision_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM compliance_requirementrevision
                   WHERE requirement_id = NEW.id AND number = NEW.revision) THEN
        RAISE EXCEPTION 'requirement % has no history of revision %', NEW.key, NEW.revision
            USING ERRCODE = 'check_violation', CONSTRAINT = 'requirement_revision_is_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requirement_revision_is_kept AFTER INSERT OR UPDATE ON compliance_requirement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_revision_row();
"""

# What a paper was accepted for is what it says ever after; who brought the file does not accept it.
EVIDENCE_IS_FROZEN_ONCE_SEEN = """
CREATE FUNCTION guard_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.accepted_by_id IS NOT NULL
       AND NEW.accepted_by_id = (SELECT uploaded_by_id FROM compliance_document WHERE id = NEW.document_id) THEN
        RAISE EXCEPTION 'evidence %: who uploaded the document does not accept it', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_accepted_by_another_than_its_uploader';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.uid, NEW.document_id, NEW.requirement_id, NEW.submitted_by_id, NEW.submitted_at)
           <> (OLD.uid, OLD.document_id, OLD.requirement_id, OLD.submitted_by_id, OLD.submitted_at)
           OR OLD.state <> 'submitted' AND (NEW.number, NEW.issuing_body, NEW.standard, NEW.edition, NEW.model_numbers,
               NEW.holder, NEW.issued_on, NEW.valid_from, NEW.valid_to, NEW.fields)
              IS DISTINCT FROM (OLD.number, OLD.issuing_body, OLD.standard, OLD.edition, OLD.model_numbers,
               OLD.holder, OLD.issued_on, OLD.valid_from, OLD.valid_to, OLD.fields)
           OR OLD.state IN ('refused', 'revoked')
           OR OLD.state = 'accepted' AND NEW.state <> 'revoked'
        THEN
            RAISE EXCEPTION 'evidence %: what was checked is not changed afterwards', OLD.uid
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'evidence_is_frozen_once_checked';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_is_frozen_once_checked BEFORE INSERT OR UPDATE ON compliance_evidence
    FOR EACH ROW EXECUTE FUNCTION guard_evidence();

CREATE FUNCTION guard_evidence_listing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now compliance_evidencelisting := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM compliance_evidence
                                   WHERE id = row_now.evidence_id AND state <> 'submitted') THEN
        RAISE EXCEPTION 'the listings that evidence names are not changed once it is checked'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'evidence_names_the_same_listings_once_checked';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM compliance_evidence e JOIN compliance_document d ON d.id = e.document_id
        JOIN suppliers_listing l ON l.id = NEW.listing_id
        JOIN suppliers_product p ON p.id = l.product_id AND p.supplier_id = d.supplier_id
        WHERE e.id = NEW.evidence_id) THEN
        RAISE EXCEPTION 'the document belongs to another supplier than the product'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_of_the_product_s_supplier';
    END IF;
    RETURN row_now;
END $$;
CREATE TRIGGER evidence_names_the_same_listings_once_checked BEFORE INSERT OR UPDATE OR DELETE
    ON compliance_evidencelisting FOR EACH ROW EXECUTE FUNCTION guard_evidence_listing();
"""

WAIVER_COVERS_NO_BAN = """
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
"""

# No item of a checklist is met but by an accepted paper, or a signed waiver, of this listing and requirement; and none
# stays met when that is revoked or ended.
ITEM_RESTS_ON_A_RECORD = """
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
"""

UNDO = """
DROP TRIGGER requirement_revision_is_written_once ON compliance_requirementrevision;
DROP TRIGGER register_lookup_is_written_once ON compliance_registerlookup;
DROP TRIGGER evidence_is_never_deleted ON compliance_evidence;
DROP TRIGGER waiver_is_never_deleted ON compliance_waiver;
DROP TRIGGER requirement_change_is_a_revision ON compliance_requirement;
DROP TRIGGER requirement_revision_is_kept ON compliance_requirement;
DROP TRIGGER evidence_is_frozen_once_checked ON compliance_evidence;
DROP TRIGGER evidence_names_the_same_listings_once_checked ON compliance_evidencelisting;
DROP TRIGGER waiver_covers_no_ban ON compliance_waiver;
DROP TRIGGER checklist_item_rests_on_a_record ON compliance_checklistitem;
DROP TRIGGER no_item_rests_on_revoked_evidence ON compliance_evidence;
DROP TRIGGER no_item_rests_on_an_ended_waiver ON compliance_waiver;
DROP FUNCTION require_new_revision, require_revision_row, guard_evidence, guard_evidence_listing, guard_waiver,
    guard_checklist_item, guard_items_of_evidence, guard_items_of_waiver, require_record_for_item(bigint);
"""


class Migration(migrations.Migration):
    """Who may accept a paper, what a waiver covers and what an item rests on hold whoever writes to the tables."""

    dependencies = [("compliance", "0001_initial"), ("activity", "0002_events_are_append_only")]

    operations = [
        migrations.RunSQL(
            sql=WRITTEN_ONCE
            + REQUIREMENT_HAS_A_HISTORY
            + EVIDENCE_IS_FROZEN_ONCE_SEEN
            + WAIVER_COVERS_NO_BAN
            + ITEM_RESTS_ON_A_RECORD,
            reverse_sql=UNDO,
        )
    ]
