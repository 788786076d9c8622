-- R2: what is taken back goes where the rules have it now. An open hold covers it. Else it is available where the batch is
-- still accepted, or where signed dispositions freed as many units as ever left or may leave; on a deviation only while
-- the others of it are there, with their last day. Else, and where something critical stands
-- that was said after it had left, it awaits inspection. So it does where units were found nonconforming meanwhile that could
-- not be set aside, since they had left: the next acceptance sets them aside. While an inspection is open its lot is fixed.

CREATE FUNCTION put_shipment_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent inspections_shipment;
    b inspections_batch;
    accepted_at timestamptz;
BEGIN
    SELECT * INTO sent FROM inspections_shipment WHERE id = NEW.shipment_id;
    SELECT * INTO b FROM inspections_batch WHERE id = sent.batch_id FOR UPDATE;
    IF NEW.quantity + (SELECT coalesce(sum(quantity), 0) FROM inspections_reversal WHERE shipment_id = sent.id)
       > sent.quantity THEN
        RAISE EXCEPTION 'shipment %: no more than what was shipped can be taken back', NEW.shipment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_takes_back_what_was_shipped';
    END IF;
    IF EXISTS (SELECT FROM inspections_inspection WHERE batch_id = b.id AND status = 'open') THEN
        RAISE EXCEPTION 'batch %: its units are being inspected, nothing joins them', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_waits_for_the_inspection';
    END IF;
    accepted_at := last_accepted_at(b.id);
    UPDATE inspections_hold SET quantity = quantity + NEW.quantity, remaining = remaining + NEW.quantity
        WHERE batch_id = b.id AND status = 'open';
    IF FOUND THEN
        NEW.place := 'on_hold';
    ELSIF (accepted_at IS NOT NULL OR b.available + b.shipped <= freed_of(b.id))
       AND (b.deviation_until IS NOT NULL OR NOT EXISTS (
            SELECT FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
            WHERE h.batch_id = b.id AND d.kind = 'accept_on_deviation'
              AND d.decided_at > coalesce(accepted_at, '-infinity')))
       AND NOT critical_stands(b.id, sent.shipped_at) AND NOT owes_units(b.id, accepted_at) THEN
        NEW.place := 'available';
    ELSE
        NEW.place := 'awaiting';
    END IF;
    UPDATE inspections_batch SET
        shipped = shipped - NEW.quantity,
        on_hold = on_hold + CASE NEW.place WHEN 'on_hold' THEN NEW.quantity ELSE 0 END,
        available = available + CASE NEW.place WHEN 'available' THEN NEW.quantity ELSE 0 END,
        awaiting = awaiting + CASE NEW.place WHEN 'awaiting' THEN NEW.quantity ELSE 0 END
    WHERE id = b.id;
    RETURN NEW;
END $$;
CREATE TRIGGER reversal_puts_back_what_was_shipped BEFORE INSERT ON inspections_reversal
    FOR EACH ROW EXECUTE FUNCTION put_shipment_back();
