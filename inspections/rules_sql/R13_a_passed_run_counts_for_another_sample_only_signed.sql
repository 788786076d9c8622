-- R13: that a run which passed counts for a newer golden sample is signed, of the same product, and written once.

CREATE FUNCTION guard_carry_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was signed about pilot run % stays on the record', OLD.run_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_carry_over_is_written_once';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_pilotrun r JOIN inspections_sample s ON s.product_id = r.product_id
        WHERE r.id = NEW.run_id AND s.id = NEW.sample_id AND s.status = 'approved' AND r.verdict = 'pass' AND NOT has_failed(r)
          AND s.id <> r.sample_id) THEN
        RAISE EXCEPTION 'pilot run %: only one that passed counts for another golden sample of its product', NEW.run_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_carry_over_is_of_a_passed_run';
    END IF;
    IF EXISTS (
        SELECT FROM inspections_pilotrun r JOIN suppliers_product p ON p.id = r.product_id
        LEFT JOIN activity_event e ON e.stream = 'product:' || p.sku AND e.kind LIKE 'pilot.%' AND e.data ->> 'run' = r.uid::text
             AND e.kind NOT IN ('pilot.carried_over', 'pilot.word_signed')
        WHERE r.id = NEW.run_id AND NEW.signed_by_id IN (r.planned_by_id, r.concluded_by_id, e.actor_id)) THEN
        RAISE EXCEPTION 'pilot run %: who had a part in it does not sign that it counts for another sample', NEW.run_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_carry_over_is_signed_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_carry_over_is_of_a_passed_run BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotcarryover
    FOR EACH ROW EXECUTE FUNCTION guard_carry_over();
