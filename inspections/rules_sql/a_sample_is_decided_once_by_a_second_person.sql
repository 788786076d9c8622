-- A sample begins undecided and moves one way: received, checked, approved or refused; before that it may be refused or
-- cancelled at any time, and what is approved may be withdrawn. A new version of the specification brings it back from
-- checked to received, to be checked for that. What it is never changes, what was found on it not once it is checked, and
-- nothing but the place where it is kept, and how it stands to the version in force, once it is decided. Who ever recorded a
-- check or a drop of it neither approves nor refuses it.

CREATE FUNCTION guard_sample() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before inspections_sample;
    unanswered integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'received' THEN
            RAISE EXCEPTION 'a sample is received before anything is found on it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_begins_undecided';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sample %: samples stay on the record', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_never_deleted';
    END IF;
    before := NEW;
    before.kept_at := OLD.kept_at;
    before.kept_until := OLD.kept_until;
    before.held_against_id := OLD.held_against_id;
    before.lacking := OLD.lacking;
    IF OLD.status = 'approved' AND NEW.status = 'withdrawn' THEN
        before.status := OLD.status;
        before.withdrawn_at := OLD.withdrawn_at;
        before.withdrawn_by_id := OLD.withdrawn_by_id;
        before.withdrawn_reason := OLD.withdrawn_reason;
        before.withdrawn_signature := OLD.withdrawn_signature;
    END IF;
    IF OLD.status IN ('approved', 'refused', 'cancelled', 'withdrawn') AND before <> OLD THEN
        RAISE EXCEPTION 'sample %: it is decided and never changes again', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_frozen_once_decided';
    END IF;
    before.status := OLD.status;
    before.version := OLD.version;
    before.decided_at := OLD.decided_at;
    before.decided_by_id := OLD.decided_by_id;
    before.reason := OLD.reason;
    before.signature := OLD.signature;
    before.doubts := OLD.doubts;
    before.damage_note := OLD.damage_note;
    IF OLD.status = 'checked' AND NEW.status = 'received'
       AND NEW.specification_id IS DISTINCT FROM OLD.specification_id THEN
        before.specification_id := OLD.specification_id;
        before.checked_at := OLD.checked_at;
        before.checked_by_id := OLD.checked_by_id;
    ELSIF OLD.status = 'checked' AND NEW.status = 'received' THEN
        before.status := 'received';
    END IF;
    IF OLD.status = 'checked' AND before <> OLD THEN
        RAISE EXCEPTION 'sample %: what was found is frozen until it is decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_frozen_once_checked';
    END IF;
    IF (NEW.uid, NEW.product_id, NEW.supplier_id, NEW.series, NEW.round, NEW.received_at, NEW.received_by_id)
       <> (OLD.uid, OLD.product_id, OLD.supplier_id, OLD.series, OLD.round, OLD.received_at, OLD.received_by_id)
       OR NEW.specification_id IS DISTINCT FROM OLD.specification_id
          AND (NEW.status <> 'received' OR NEW.specification_id IS DISTINCT FROM (
              SELECT id FROM inspections_specification WHERE product_id = NEW.product_id AND status = 'active'))
       OR OLD.status = 'received' AND NEW.status IN ('approved', 'withdrawn') THEN
        RAISE EXCEPTION 'sample %: what it is, and what it is checked for, never changes', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_what_was_received';
    END IF;
    IF OLD.status = 'received' AND NEW.status = 'checked' THEN
        unanswered := 7 - (SELECT count(*) FROM inspections_samplecheck WHERE sample_id = NEW.id AND aspect <> '')
            + (SELECT count(*) FROM inspections_characteristic c WHERE c.specification_id = NEW.specification_id
               AND NOT EXISTS (SELECT FROM inspections_samplecheck s
                               WHERE s.sample_id = NEW.id AND s.characteristic_id = c.id))
            + (SELECT count(*) FROM inspections_transporttest t WHERE t.sample_id = NEW.id
               AND jsonb_array_length(t.drops) > (SELECT count(*) FROM inspections_dropresult d WHERE d.test_id = t.id));
        IF unanswered > 0 THEN
            RAISE EXCEPTION 'sample %: % of its checks are not answered', NEW.id, unanswered
                USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_checked_when_every_check_is_answered';
        END IF;
    END IF;
    IF OLD.status = 'checked' AND NEW.status = 'approved' AND EXISTS (
        SELECT FROM inspections_samplecheck WHERE sample_id = NEW.id AND NOT conforms) THEN
        RAISE EXCEPTION 'sample %: a reference conforms in everything', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_that_is_approved_conforms';
    END IF;
    IF OLD.status IN ('received', 'checked') AND NEW.status IN ('approved', 'refused')
       AND EXISTS (SELECT FROM inspections_samplerecorder WHERE sample_id = NEW.id AND user_id = NEW.decided_by_id)
    THEN
        RAISE EXCEPTION 'sample %: who checked it may not decide it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_decided_by_someone_who_did_not_check_it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sample_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON inspections_sample
    FOR EACH ROW EXECUTE FUNCTION guard_sample();
