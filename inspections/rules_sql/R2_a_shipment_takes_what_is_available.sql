-- R2: inserting a shipment moves the quantity, and is refused unless the batch has it available now.

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
