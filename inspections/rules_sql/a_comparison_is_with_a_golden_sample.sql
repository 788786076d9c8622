-- A comparison is with a golden sample of the same product, and stands still once its inspection is closed.

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
        WHERE i.id = NEW.inspection_id AND s.id = NEW.sample_id AND s.status IN ('approved', 'withdrawn')
          AND c.id = NEW.characteristic_id)
    THEN
        RAISE EXCEPTION 'sample % is no golden sample of what is inspected', NEW.sample_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'comparison_is_with_a_golden_sample_of_the_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER comparison_is_with_a_golden_sample BEFORE INSERT OR UPDATE OR DELETE
    ON inspections_referencecomparison FOR EACH ROW EXECUTE FUNCTION guard_comparison();
