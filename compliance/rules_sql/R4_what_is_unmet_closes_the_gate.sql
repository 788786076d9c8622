-- R4, whoever writes and by whatever way: what a transaction leaves unmet closes the open gates that rest on it. The
-- services have closed them before, so that there is nothing left to do; who wrote past them finds it done at commit.

CREATE FUNCTION close_gates(listings bigint[], unmet_check text) RETURNS void LANGUAGE sql AS $$
    UPDATE compliance_gate
    SET state = 'closed', failing = ARRAY[unmet_check], unmet = ARRAY[unmet_check], changed_at = now(),
        next_change_at = now(), live = CASE live WHEN 'live' THEN 'suspended' ELSE live END
    WHERE listing_id = ANY(listings) AND state = 'open';
$$;

CREATE FUNCTION close_gate_of_unmet_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_gates(ARRAY[i.listing_id], 'papers')
    FROM compliance_checklistitem i
    WHERE i.id = NEW.id AND i.is_blocking AND i.state NOT IN ('accepted', 'waived') AND NOT (i."group" <> '' AND EXISTS (
        SELECT FROM compliance_checklistitem other WHERE other.listing_id = i.listing_id AND other.is_blocking
            AND other."group" = i."group" AND other.state IN ('accepted', 'waived')));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unmet_item_closes_the_gate AFTER INSERT OR UPDATE ON compliance_checklistitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.is_blocking AND NEW.state NOT IN ('accepted', 'waived'))
    EXECUTE FUNCTION close_gate_of_unmet_item();

CREATE FUNCTION close_gate_of_unanswered_trait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_gates(ARRAY[c.listing_id], 'traits')
    FROM compliance_checklist c WHERE c.id = NEW.id AND cardinality(c.unanswered) > 0;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unanswered_trait_closes_the_gate AFTER INSERT OR UPDATE ON compliance_checklist
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (cardinality(NEW.unanswered) > 0)
    EXECUTE FUNCTION close_gate_of_unanswered_trait();

CREATE FUNCTION close_gates_of_new_golden_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_gates(array_agg(g.listing_id), 'golden_sample')
    FROM compliance_gate g JOIN suppliers_listing l ON l.id = g.listing_id
    WHERE l.product_id = NEW.product_id AND g.state = 'open'
      AND NOT EXISTS (SELECT FROM inspections_sample later
                      WHERE later.product_id = NEW.product_id AND later.version > NEW.version)
      AND (NEW.status = 'withdrawn') = (g.checks @> jsonb_build_array(
        jsonb_build_object('code', 'golden_sample', 'data', jsonb_build_object('version', NEW.version))));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER new_golden_sample_closes_the_gate AFTER INSERT OR UPDATE ON inspections_sample
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN ('approved', 'withdrawn'))
    EXECUTE FUNCTION close_gates_of_new_golden_sample();

CREATE FUNCTION close_gates_of_pilot_that_did_not_pass() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_gates(array_agg(l.id), 'pilot_run')
    FROM suppliers_listing l
    WHERE l.product_id = NEW.product_id AND NOT EXISTS (SELECT FROM inspections_pilotrun later
        WHERE later.product_id = NEW.product_id AND later.ordinal > NEW.ordinal AND later.status = 'concluded');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilot_that_did_not_pass_closes_the_gate AFTER INSERT OR UPDATE ON inspections_pilotrun
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'concluded' AND NEW.verdict <> 'pass')
    EXECUTE FUNCTION close_gates_of_pilot_that_did_not_pass();
