-- R4, whoever writes and by whatever way: where a transaction leaves a hold open and a gate of its product too, the gate
-- closes with it, and is worked out at once.

CREATE FUNCTION close_gates_of_held_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_gate g
    SET state = 'closed', failing = '{open_holds}', unmet = '{open_holds}', changed_at = now(), next_change_at = now(),
        live = CASE g.live WHEN 'live' THEN 'suspended' ELSE g.live END
    FROM suppliers_listing l JOIN inspections_batch b ON b.product_id = l.product_id
    WHERE b.id = NEW.batch_id AND g.listing_id = l.id AND g.state = 'open'
      AND EXISTS (SELECT FROM inspections_hold h WHERE h.id = NEW.id AND h.status = 'open');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_closes_the_gate AFTER INSERT OR UPDATE ON inspections_hold
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'open')
    EXECUTE FUNCTION close_gates_of_held_batch();
