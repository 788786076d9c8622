-- R6: a return is written once. The batch that it came from may become known, or known better, later; what its source said
-- of it may be corrected, and it may be withdrawn, which the revision counts; a withdrawal stands. What it points to belongs
-- together: batch and product, inspection and batch.

CREATE FUNCTION guard_market_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR TG_OP = 'UPDATE'
          AND to_jsonb(NEW) - '{batch_id,found_by,inspection_id}'::text[]
              <> to_jsonb(OLD) - '{batch_id,found_by,inspection_id}'::text[]
          AND (NEW.revision <> OLD.revision + 1
               OR OLD.withdrawn_at IS NOT NULL
                  AND (NEW.withdrawn_at, NEW.withdrawn_by_id, NEW.withdrawn_because)
                      IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_by_id, OLD.withdrawn_because)
               OR (NEW.id, NEW.uid, NEW.source, NEW.reference, NEW.product_id, NEW.ordinal, NEW.recorded_at, NEW.recorded_by_id)
                  <> (OLD.id, OLD.uid, OLD.source, OLD.reference, OLD.product_id, OLD.ordinal, OLD.recorded_at, OLD.recorded_by_id))
    THEN
        RAISE EXCEPTION 'return % is written once', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'market_return_is_written_once';
    END IF;
    IF NEW.batch_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_batch WHERE id = NEW.batch_id AND product_id = NEW.product_id)
       OR NEW.inspection_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inspections_inspection
        WHERE id = NEW.inspection_id AND batch_id = NEW.batch_id AND verdict = 'accepted')
    THEN
        RAISE EXCEPTION 'a return comes from a batch of its product, and from the inspection that accepted the batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'market_return_comes_from_a_batch_of_its_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER market_return_is_written_once BEFORE INSERT OR UPDATE OR DELETE ON inspections_marketreturn
    FOR EACH ROW EXECUTE FUNCTION guard_market_return();
