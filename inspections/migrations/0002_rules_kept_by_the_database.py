from django.db import migrations

# R1: a critical nonconformity that is committed has a hold on its batch. Checked at commit, so that the service may
# write the rows in any order.
CRITICAL_HAS_A_HOLD = """
CREATE FUNCTION require_hold_for_critical() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_characteristic
               WHERE id = NEW.characteristic_id AND nonconformity_class = 'critical')
       AND NOT EXISTS (SELECT FROM inspections_inspection i JOIN inspections_hold h ON h.id = i.hold_id
                       WHERE i.id = NEW.inspection_id AND h.batch_id = i.batch_id)
    THEN
        RAISE EXCEPTION 'inspection % has a critical nonconformity and no hold on its batch', NEW.inspection_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'critical_nonconformity_has_a_hold';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER critical_nonconformity_has_a_hold AFTER INSERT OR UPDATE ON inspections_result
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.nonconforming > 0)
    EXECUTE FUNCTION require_hold_for_critical();
"""

# R2: inserting a shipment moves the quantity, and is refused unless the batch has it available now.
SHIPMENT_TAKES_WHAT_IS_AVAILABLE = """
CREATE FUNCTION take_shipment_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE inspections_batch
    SET available = available - NEW.quantity,
        shipped = shipped + NEW.quantity,
        deviation_until = CASE WHEN available > NEW.quantity THEN deviation_until END
    WHERE id = NEW.batch_id AND available >= NEW.quantity
      AND (deviation_until IS NULL OR deviation_until > now());
    IF NOT FOUND THEN
        RAISE EXCEPTION 'batch % may not ship % units', NEW.batch_id, NEW.quantity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_takes_what_is_available';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shipment_takes_what_is_available BEFORE INSERT ON inspections_shipment
    FOR EACH ROW EXECUTE FUNCTION take_shipment_out();
CREATE TRIGGER shipment_is_written_once BEFORE UPDATE OR DELETE ON inspections_shipment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# R2: the quantities of a batch rest on the records: what is shipped on shipments, what is on hold on the open hold,
# what is available on an accepted round since the last rework, or on what signed dispositions freed.
QUANTITIES_REST_ON_RECORDS = """
CREATE FUNCTION require_records_for_quantities() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
    last_round record;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF b.shipped <> (SELECT coalesce(sum(quantity), 0) FROM inspections_shipment WHERE batch_id = b.id) THEN
        RAISE EXCEPTION 'batch %: what is shipped is not the sum of its shipments', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_ships_by_shipments_alone';
    END IF;
    IF b.on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold
                     WHERE batch_id = b.id AND status = 'open') THEN
        RAISE EXCEPTION 'batch %: what is on hold is not what its open hold covers', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_holds_what_its_hold_covers';
    END IF;
    IF b.available = 0 THEN
        RETURN NULL;
    END IF;
    SELECT verdict, submitted_at INTO last_round FROM inspections_inspection
        WHERE batch_id = b.id AND status <> 'open' AND (status = 'submitted' OR hold_id IS NOT NULL)
        ORDER BY round DESC LIMIT 1;
    IF last_round.verdict = 'accepted'
       AND NOT EXISTS (SELECT FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
                       WHERE h.batch_id = b.id AND d.kind = 'rework' AND d.decided_at > last_round.submitted_at)
    THEN
        RETURN NULL;
    END IF;
    IF b.available > (SELECT coalesce(sum(d.freed), 0) FROM inspections_disposition d
                      JOIN inspections_hold h ON h.id = d.hold_id WHERE h.batch_id = b.id) THEN
        RAISE EXCEPTION 'batch %: % units are available without an accepted round or a signed disposition',
            b.number, b.available
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_is_available_only_when_accepted_or_freed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER batch_quantities_rest_on_records AFTER INSERT OR UPDATE ON inspections_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_records_for_quantities();
"""

# R3: a hold ends by an accepted re-inspection that was planned after it, or by signed dispositions of people who
# neither led nor recorded an inspection that it rests on. It never opens again and is never deleted.
HOLD_ENDS_BY_RECORD = """
CREATE FUNCTION guard_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'ended' OR NEW.batch_id <> OLD.batch_id OR NEW.placed_at <> OLD.placed_at THEN
        RAISE EXCEPTION 'hold %: an ended hold, its batch and its time never change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_is_never_rewritten';
    END IF;
    IF NEW.status = 'ended' AND NOT (
        NEW.ended_by_inspection_id IS NOT NULL AND EXISTS (
            SELECT FROM inspections_inspection i
            WHERE i.id = NEW.ended_by_inspection_id AND i.batch_id = NEW.batch_id AND i.verdict = 'accepted'
              AND i.round > 1 AND i.planned_at > NEW.placed_at AND i.hold_id IS NULL)
        OR NEW.ended_by_inspection_id IS NULL AND EXISTS (
            SELECT FROM inspections_disposition d WHERE d.hold_id = NEW.id))
    THEN
        RAISE EXCEPTION 'hold % ends only by an accepted re-inspection or a signed disposition', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_ends_only_by_reinspection_or_disposition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_ends_only_by_reinspection_or_disposition BEFORE UPDATE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION guard_hold();
CREATE TRIGGER hold_is_never_deleted BEFORE DELETE ON inspections_hold
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_disposition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inspections_inspection WHERE hold_id = NEW.hold_id AND inspector_id = NEW.decided_by_id)
       OR EXISTS (SELECT FROM inspections_result r JOIN inspections_inspection i ON i.id = r.inspection_id
                  WHERE i.hold_id = NEW.hold_id AND r.recorded_by_id = NEW.decided_by_id)
    THEN
        RAISE EXCEPTION 'hold %: who inspected the batch may not decide its hold', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disposition_is_signed_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposition_is_signed_by_a_second_person BEFORE INSERT ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION guard_disposition();
CREATE TRIGGER disposition_is_written_once BEFORE UPDATE OR DELETE ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# R9: a specification changes only while it is a draft, and an inspection keeps what it was planned by; once it is
# submitted or abandoned, neither it nor its results change.
HISTORY_IS_NOT_REWRITTEN = """
CREATE FUNCTION guard_specification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.status = 'draft' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'draft' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'active' AND NEW.status = 'retired'
       AND (NEW.product_id, NEW.version, NEW.scheme) = (OLD.product_id, OLD.version, OLD.scheme) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'specification % was activated and never changes again', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'specification_is_frozen_once_active';
END $$;
CREATE TRIGGER specification_is_frozen_once_active BEFORE UPDATE OR DELETE ON inspections_specification
    FOR EACH ROW EXECUTE FUNCTION guard_specification();

CREATE FUNCTION guard_characteristic() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owners bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.specification_id]
                                  WHEN 'DELETE' THEN ARRAY[OLD.specification_id]
                                  ELSE ARRAY[OLD.specification_id, NEW.specification_id] END;
BEGIN
    IF EXISTS (SELECT FROM inspections_specification WHERE id = ANY(owners) AND status <> 'draft') THEN
        RAISE EXCEPTION 'the specification of this characteristic was activated and never changes again'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'characteristic_is_frozen_once_active';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER characteristic_is_frozen_once_active BEFORE INSERT OR UPDATE OR DELETE ON inspections_characteristic
    FOR EACH ROW EXECUTE FUNCTION guard_characteristic();

CREATE FUNCTION guard_inspection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
       OR (NEW.batch_id, NEW.round, NEW.specification_id, NEW.lot_size, NEW.severity, NEW.plan, NEW.planned_at,
           NEW.inspector_id)
          <> (OLD.batch_id, OLD.round, OLD.specification_id, OLD.lot_size, OLD.severity, OLD.plan, OLD.planned_at,
              OLD.inspector_id)
    THEN
        RAISE EXCEPTION 'inspection %: its plan never changes, and nothing of it once it is closed', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_is_frozen BEFORE UPDATE OR DELETE ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION guard_inspection();

CREATE FUNCTION guard_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspections_inspection
                                   WHERE id = OLD.inspection_id AND status <> 'open') THEN
        RAISE EXCEPTION 'the inspection of this result is closed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'result_is_frozen_with_its_inspection';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER result_is_frozen_with_its_inspection BEFORE UPDATE OR DELETE ON inspections_result
    FOR EACH ROW EXECUTE FUNCTION guard_result();
"""

UNDO = """
DROP TRIGGER critical_nonconformity_has_a_hold ON inspections_result;
DROP TRIGGER result_is_frozen_with_its_inspection ON inspections_result;
DROP TRIGGER shipment_takes_what_is_available ON inspections_shipment;
DROP TRIGGER shipment_is_written_once ON inspections_shipment;
DROP TRIGGER batch_quantities_rest_on_records ON inspections_batch;
DROP TRIGGER hold_ends_only_by_reinspection_or_disposition ON inspections_hold;
DROP TRIGGER hold_is_never_deleted ON inspections_hold;
DROP TRIGGER disposition_is_signed_by_a_second_person ON inspections_disposition;
DROP TRIGGER disposition_is_written_once ON inspections_disposition;
DROP TRIGGER specification_is_frozen_once_active ON inspections_specification;
DROP TRIGGER characteristic_is_frozen_once_active ON inspections_characteristic;
DROP TRIGGER inspection_is_frozen ON inspections_inspection;
DROP FUNCTION require_hold_for_critical, take_shipment_out, require_records_for_quantities, guard_hold,
    guard_disposition, guard_specification, guard_characteristic, guard_inspection, guard_result;
"""


class Migration(migrations.Migration):
    """R1, R2, R3 and R9 hold whoever writes to the tables, and by whatever way."""

    dependencies = [("inspections", "0001_initial"), ("activity", "0002_events_are_append_only")]

    operations = [
        migrations.RunSQL(
            sql=CRITICAL_HAS_A_HOLD
            + SHIPMENT_TAKES_WHAT_IS_AVAILABLE
            + QUANTITIES_REST_ON_RECORDS
            + HOLD_ENDS_BY_RECORD
            + HISTORY_IS_NOT_REWRITTEN,
            reverse_sql=UNDO,
        )
    ]
