-- A run has the units it was planned with; what became of them is written while it runs, in points of the taxonomy. For
-- how long a unit can come back is what its market says when the market is told.

CREATE FUNCTION guard_pilot_unit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    status_now text;
    unknown text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'units of a pilot run stay on the record'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_unit_is_never_deleted';
    END IF;
    SELECT status INTO status_now FROM inspections_pilotrun WHERE id = NEW.run_id FOR SHARE;
    IF TG_OP = 'INSERT' AND status_now <> 'planned'
       OR TG_OP = 'UPDATE' AND (status_now NOT IN ('planned', 'running')
                                OR NEW.run_id <> OLD.run_id OR NEW.number <> OLD.number)
       OR NEW.outcome <> '' AND status_now <> 'running'
    THEN
        RAISE EXCEPTION 'pilot run %: units join while it is planned, outcomes while it runs', NEW.run_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_unit_is_frozen_with_its_run';
    END IF;
    SELECT named.point INTO unknown FROM unnest(NEW.complaints) AS named (point)
    WHERE NOT EXISTS (SELECT FROM inspections_complaintpoint p WHERE p.code = named.point AND p.parent_id IS NOT NULL);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'there is no complaint point %', unknown
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_unit_has_known_complaints';
    END IF;
    IF NEW.market_id IS NOT NULL
       AND (TG_OP = 'INSERT' OR (NEW.market_id, NEW.window_days) IS DISTINCT FROM (OLD.market_id, OLD.window_days))
       AND NEW.window_days <> (SELECT return_days FROM suppliers_market WHERE id = NEW.market_id) THEN
        RAISE EXCEPTION 'pilot run %: % days are not the return window of the market', NEW.run_id, NEW.window_days
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_unit_has_the_window_of_its_market';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_unit_is_frozen_with_its_run BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotunit
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_unit();

CREATE FUNCTION guard_pilot_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT EXISTS (
        SELECT FROM inspections_pilotrun WHERE id = NEW.run_id AND status = 'running' FOR SHARE) THEN
        RAISE EXCEPTION 'readings are taken while a pilot run runs'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_reading_is_frozen_with_its_run';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_characteristic c JOIN inspections_specification s ON s.id = c.specification_id
        JOIN inspections_pilotrun r ON r.product_id = s.product_id
        WHERE c.id = NEW.characteristic_id AND r.id = NEW.run_id AND c.is_measured AND c.code = NEW.code) THEN
        RAISE EXCEPTION 'pilot run %: its product has no such measured characteristic', NEW.run_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_reading_is_of_its_product';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_reading_is_frozen_with_its_run BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotreading
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_reading();
