-- R2: the quantities of a batch rest on the records: what is shipped on shipments but for what was taken back of them,
-- what is on hold on the open hold, what is set aside on what accepted inspections and late findings found but for the steps taken since,
-- what is available on an accepted round since the last rework, or on what signatures freed.

CREATE FUNCTION last_accepted_at(batch bigint) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT submitted_at FROM (
        SELECT verdict, submitted_at FROM inspections_inspection
        WHERE batch_id = batch AND status <> 'open' AND (status = 'submitted' OR hold_id IS NOT NULL) AND NOT is_invalid
        ORDER BY round DESC LIMIT 1
    ) AS last_round
    WHERE verdict = 'accepted' AND NOT EXISTS (
        SELECT FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
        WHERE h.batch_id = batch AND d.kind = 'rework' AND d.decided_at > last_round.submitted_at)
$$;

CREATE FUNCTION freed_of(batch bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT (SELECT coalesce(sum(d.freed), 0) FROM inspections_disposition d JOIN inspections_hold h ON h.id = d.hold_id
            WHERE h.batch_id = batch)
         + (SELECT coalesce(sum(quantity), 0) FROM inspections_asidestep
            WHERE batch_id = batch AND place = 'available' AND signature <> '')
$$;

CREATE FUNCTION set_aside_of(batch bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT (SELECT coalesce(sum(set_aside), 0) FROM inspections_inspection WHERE batch_id = batch)
         + (SELECT coalesce(sum(set_aside), 0) FROM inspections_finding WHERE batch_id = batch)
         + (SELECT coalesce(sum(c.set_aside), 0) FROM inspections_countersignature c
            JOIN inspections_hold h ON h.id = c.hold_id WHERE h.batch_id = batch)
         - (SELECT coalesce(sum(quantity), 0) FROM inspections_asidestep WHERE batch_id = batch)
$$;

CREATE FUNCTION require_records_for_quantities() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF b.shipped <> (SELECT coalesce(sum(quantity), 0) FROM inspections_shipment WHERE batch_id = b.id)
                  - (SELECT coalesce(sum(r.quantity), 0) FROM inspections_reversal r
                     JOIN inspections_shipment s ON s.id = r.shipment_id WHERE s.batch_id = b.id) THEN
        RAISE EXCEPTION 'batch %: what is shipped is not the sum of its shipments', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_ships_by_shipments_alone';
    END IF;
    IF b.on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold
                     WHERE batch_id = b.id AND status = 'open') THEN
        RAISE EXCEPTION 'batch %: what is on hold is not what its open hold covers', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_holds_what_its_hold_covers';
    END IF;
    IF b.set_aside <> set_aside_of(b.id) THEN
        RAISE EXCEPTION 'batch %: what is set aside is not what its inspections found, but for the steps since', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_sets_aside_what_was_found';
    END IF;
    IF b.available > 0 AND last_accepted_at(b.id) IS NULL AND b.available > freed_of(b.id) THEN
        RAISE EXCEPTION 'batch %: % units are available without an accepted round or a signed disposition',
            b.number, b.available
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_is_available_only_when_accepted_or_freed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER batch_quantities_rest_on_records AFTER INSERT OR UPDATE ON inspections_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_records_for_quantities();
