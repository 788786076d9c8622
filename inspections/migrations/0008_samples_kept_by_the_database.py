from django.db import migrations

# A sample begins undecided and moves one way: received, checked, approved or refused. What it is never changes, what was
# found on it not once it is checked, and nothing but the place where it is kept once it is decided.
SAMPLE_IS_FROZEN = """
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
    IF OLD.status IN ('approved', 'refused') AND before <> OLD THEN
        RAISE EXCEPTION 'sample %: it is decided and never changes again', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_frozen_once_decided';
    END IF;
    before.status := OLD.status;
    before.version := OLD.version;
    before.decided_at := OLD.decided_at;
    before.decided_by_id := OLD.decided_by_id;
    before.reason := OLD.reason;
    before.signature := OLD.signature;
    IF OLD.status = 'checked' AND (before <> OLD OR NEW.status = 'received') THEN
        RAISE EXCEPTION 'sample %: what was found is frozen until it is decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sample_is_frozen_once_checked';
    END IF;
    IF (NEW.uid, NEW.product_id, NEW.supplier_id, NEW.series, NEW.round, NEW.received_at, NEW.received_by_id)
       <> (OLD.uid, OLD.product_id, OLD.supplier_id, OLD.series, OLD.round, OLD.received_at, OLD.received_by_id)
       OR NEW.specification_id IS DISTINCT FROM OLD.specification_id
       OR OLD.status = 'received' AND NEW.status IN ('approved', 'refused') THEN
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
    IF OLD.status = 'checked' AND NEW.status IN ('approved', 'refused') AND (
        EXISTS (SELECT FROM inspections_samplecheck WHERE sample_id = NEW.id AND recorded_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT FROM inspections_dropresult d JOIN inspections_transporttest t ON t.id = d.test_id
                   WHERE t.sample_id = NEW.id AND d.recorded_by_id = NEW.decided_by_id))
    THEN
        RAISE EXCEPTION 'sample %: who checked it may not decide it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_decided_by_someone_who_did_not_check_it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sample_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON inspections_sample
    FOR EACH ROW EXECUTE FUNCTION guard_sample();
"""

# What is found on a sample is written while it is being checked, and only then.
FINDINGS_ARE_FROZEN = """
CREATE FUNCTION require_sample_being_checked(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    status_now text;
BEGIN
    SELECT status INTO status_now FROM inspections_sample WHERE id = wanted FOR SHARE;
    IF status_now <> 'received' THEN
        RAISE EXCEPTION 'sample %: what was found on it is frozen', wanted
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'finding_is_frozen_with_its_sample';
    END IF;
END $$;

CREATE FUNCTION guard_sample_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked(NEW.sample_id);
    IF NEW.characteristic_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_characteristic c JOIN inspections_sample s ON s.specification_id = c.specification_id
        WHERE c.id = NEW.characteristic_id AND s.id = NEW.sample_id AND c.is_measured = (NEW.readings IS NOT NULL))
    THEN
        RAISE EXCEPTION 'sample %: this is no check of its specification', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_check_is_of_its_specification';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sample_check_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_samplecheck
    FOR EACH ROW EXECUTE FUNCTION guard_sample_check();

CREATE FUNCTION guard_transport_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked(NEW.sample_id);
    RETURN NEW;
END $$;
CREATE TRIGGER transport_test_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_transporttest
    FOR EACH ROW EXECUTE FUNCTION guard_transport_test();

CREATE FUNCTION guard_drop_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_sample_being_checked((SELECT sample_id FROM inspections_transporttest WHERE id = OLD.test_id));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_sample_being_checked((SELECT sample_id FROM inspections_transporttest WHERE id = NEW.test_id));
    RETURN NEW;
END $$;
CREATE TRIGGER drop_result_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_dropresult
    FOR EACH ROW EXECUTE FUNCTION guard_drop_result();

CREATE FUNCTION guard_sample_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.sample_id IS NOT DISTINCT FROM OLD.sample_id)
       AND (NEW.inspection_id IS NOT DISTINCT FROM OLD.inspection_id) THEN
        RETURN NEW;  -- it is being processed
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.sample_id IS NOT NULL THEN
        PERFORM require_sample_being_checked(OLD.sample_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.sample_id IS NOT NULL THEN
        PERFORM require_sample_being_checked(NEW.sample_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER photo_is_frozen_with_its_sample BEFORE INSERT OR UPDATE OR DELETE ON inspections_photo
    FOR EACH ROW EXECUTE FUNCTION guard_sample_photo();
"""

# A comparison is with a golden sample of the same product, and stands still once its inspection is closed.
COMPARISON_IS_WITH_AN_APPROVED_SAMPLE = """
CREATE FUNCTION guard_comparison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspections_inspection
                                   WHERE id = NEW.inspection_id AND status <> 'open') THEN
        RAISE EXCEPTION 'the inspection of this comparison is closed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'comparison_is_frozen_with_its_inspection';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_inspection i JOIN inspections_batch b ON b.id = i.batch_id
        JOIN inspections_sample s ON s.product_id = b.product_id
        JOIN inspections_characteristic c ON c.specification_id = i.specification_id
        WHERE i.id = NEW.inspection_id AND s.id = NEW.sample_id AND s.status = 'approved'
          AND c.id = NEW.characteristic_id)
    THEN
        RAISE EXCEPTION 'sample % is no golden sample of what is inspected', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'comparison_is_with_a_golden_sample_of_the_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER comparison_is_with_a_golden_sample BEFORE INSERT OR UPDATE OR DELETE
    ON inspections_referencecomparison FOR EACH ROW EXECUTE FUNCTION guard_comparison();
"""

UNDO = """
DROP TRIGGER sample_is_frozen ON inspections_sample;
DROP TRIGGER sample_check_is_frozen_with_its_sample ON inspections_samplecheck;
DROP TRIGGER transport_test_is_frozen_with_its_sample ON inspections_transporttest;
DROP TRIGGER drop_result_is_frozen_with_its_sample ON inspections_dropresult;
DROP TRIGGER photo_is_frozen_with_its_sample ON inspections_photo;
DROP TRIGGER comparison_is_with_a_golden_sample ON inspections_referencecomparison;
DROP FUNCTION guard_sample, guard_sample_check, guard_transport_test, guard_drop_result, guard_sample_photo,
    guard_comparison, require_sample_being_checked;
"""


class Migration(migrations.Migration):
    """Second person, nothing unanswered and nothing rewritten hold whoever writes to the tables, and by whatever way."""

    dependencies = [("inspections", "0007_samples")]

    operations = [
        migrations.RunSQL(
            sql=SAMPLE_IS_FROZEN + FINDINGS_ARE_FROZEN + COMPARISON_IS_WITH_AN_APPROVED_SAMPLE, reverse_sql=UNDO
        )
    ]
