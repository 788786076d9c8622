from django.db import migrations

# R4, whoever writes and by whatever way: what a transaction leaves unmet closes the open gates that rest on it. The
# services have closed them before, so that there is nothing left to do; who wrote past them finds it done at commit.
CLOSE = """
CREATE FUNCTION close_gates(listings bigint[], unmet_check text) RETURNS void LANGUAGE sql AS $$
    UPDATE compliance_gate
    SET state = 'closed', failing = ARRAY[unmet_check], unmet = ARRAY[unmet_check], changed_at = now(),
        next_change_at = now(), live = CASE live WHEN 'live' THEN 'suspended' ELSE live END
    WHERE listing_id = ANY(listings) AND state = 'open';
$$;
"""

ITEMS = """
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
"""

SAMPLES_AND_PILOTS = """
CREATE FUNCTION close_gates_of_new_golden_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_gates(array_agg(g.listing_id), 'golden_sample')
    FROM compliance_gate g JOIN suppliers_listing l ON l.id = g.listing_id
    WHERE l.product_id = NEW.product_id AND g.state = 'open' AND NOT g.checks @> jsonb_build_array(
        jsonb_build_object('code', 'golden_sample', 'data', jsonb_build_object('version', NEW.version)));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER new_golden_sample_closes_the_gate AFTER INSERT OR UPDATE ON inspections_sample
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'approved')
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
"""

# A gate that is due to be worked out anew says nothing, and one that was judged on another day says nothing about this.
OPEN_FOR_THAT_DAY = """
CREATE FUNCTION require_gate_of_that_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    g compliance_gate;
BEGIN
    SELECT * INTO g FROM compliance_gate WHERE listing_id = NEW.listing_id FOR NO KEY UPDATE;
    IF g.next_change_at <= NEW.decided_at THEN
        RAISE EXCEPTION 'the gate of listing % is due to be worked out anew', NEW.listing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_a_gate_of_now';
    END IF;
    IF g.planned_on IS DISTINCT FROM NEW."on" THEN
        RAISE EXCEPTION 'the gate of listing % was not judged on %', NEW.listing_id, NEW."on"
            USING ERRCODE = 'check_violation', CONSTRAINT = 'go_live_needs_a_gate_of_that_day';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER go_live_needs_the_gate_of_that_day BEFORE INSERT ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION require_gate_of_that_day();
"""

# To search is to read the words of every gate: they stay in its row, and only the checks are stored apart.
WORDS_STAY_IN_THE_ROW = """
ALTER TABLE compliance_gate ALTER COLUMN words SET STORAGE MAIN;
ALTER TABLE compliance_gate SET (toast_tuple_target = 512);
UPDATE compliance_gate SET words = words || '';
"""

UNDO = """
ALTER TABLE compliance_gate ALTER COLUMN words SET STORAGE EXTENDED;
ALTER TABLE compliance_gate SET (toast_tuple_target = 256);
DROP TRIGGER unmet_item_closes_the_gate ON compliance_checklistitem;
DROP TRIGGER unanswered_trait_closes_the_gate ON compliance_checklist;
DROP TRIGGER new_golden_sample_closes_the_gate ON inspections_sample;
DROP TRIGGER pilot_that_did_not_pass_closes_the_gate ON inspections_pilotrun;
DROP TRIGGER go_live_needs_the_gate_of_that_day ON compliance_golivedecision;
DROP FUNCTION close_gate_of_unmet_item, close_gate_of_unanswered_trait, close_gates_of_new_golden_sample,
    close_gates_of_pilot_that_did_not_pass, require_gate_of_that_day, close_gates;
"""


class Migration(migrations.Migration):
    """The database closes a gate, and suspends what is live, whoever takes away what it rests on (R4)."""

    dependencies = [
        ("compliance", "0009_papers_put_up_for_a_new_look"),
        ("inspections", "0018_doubts"),
    ]

    operations = [migrations.RunSQL([WORDS_STAY_IN_THE_ROW, CLOSE, ITEMS, SAMPLES_AND_PILOTS, OPEN_FOR_THAT_DAY], UNDO)]
