-- A code that leads to a batch leads to one of its product.

CREATE FUNCTION guard_batch_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM inspections_batch WHERE id = NEW.batch_id AND product_id = NEW.product_id) THEN
        RAISE EXCEPTION 'the code % leads to a batch of another product', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_code_is_of_the_batchs_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER batch_code_is_of_the_batchs_product BEFORE INSERT OR UPDATE ON inspections_batchcode
    FOR EACH ROW EXECUTE FUNCTION guard_batch_code();
