-- R13: severity and discontinuation belong to supplier and product. A step of the switching rules goes on from the one before
-- it, under whatever scheme; only reduced inspection ends where the scheme changes. A first submission is planned by what
-- was reached, and none is while inspection is discontinued. Steps are written once (R6).

CREATE FUNCTION guard_switching_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before inspections_switchingstep;
    severity text := 'normal';
BEGIN
    SELECT * INTO before FROM inspections_switchingstep
        WHERE product_id = NEW.product_id AND supplier_id = NEW.supplier_id ORDER BY id DESC LIMIT 1;
    IF FOUND AND (before.scheme_key = NEW.scheme_key OR before.severity <> 'reduced') THEN
        severity := before.severity;
    END IF;
    IF NEW.severity_before <> severity
       OR severity = 'discontinued' AND NEW.severity <> severity AND NEW.kind NOT IN ('resumed', 'invalidated') THEN
        RAISE EXCEPTION 'product %: inspection goes on from %, whatever the scheme', NEW.product_id, severity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'switching_step_goes_on_from_the_one_before';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER switching_step_goes_on_from_the_one_before BEFORE INSERT ON inspections_switchingstep
    FOR EACH ROW EXECUTE FUNCTION guard_switching_step();
CREATE TRIGGER switching_step_is_written_once BEFORE UPDATE OR DELETE ON inspections_switchingstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_severity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached text;
BEGIN
    SELECT s.severity INTO reached FROM inspections_batch b JOIN inspections_switchingstep s
        ON s.product_id = b.product_id AND s.supplier_id = b.supplier_id
        WHERE b.id = NEW.batch_id ORDER BY s.id DESC LIMIT 1;
    IF reached = 'discontinued' OR reached = 'tightened' AND NEW.severity <> 'tightened' THEN
        RAISE EXCEPTION 'batch %: inspection is %, and is not planned otherwise', NEW.batch_id, reached
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_is_planned_by_the_severity_reached';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_is_planned_by_the_severity_reached BEFORE INSERT ON inspections_inspection
    FOR EACH ROW WHEN (NEW.round = 1) EXECUTE FUNCTION guard_severity();
