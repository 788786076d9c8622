-- R13, R10: severity and discontinuation belong to supplier, product and class. A step of the switching rules goes on, in every
-- class, from the one before it, under whatever scheme; only reduced inspection ends where the scheme changes. A first submission
-- is planned by what each class has reached, and none is while one is discontinued. Nobody re-qualifies what they inspected (R3). Steps are written once (R6).

CREATE FUNCTION guard_switching_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before inspections_switchingstep;
    class text;
    severity text;
BEGIN
    SELECT * INTO before FROM inspections_switchingstep
        WHERE product_id = NEW.product_id AND supplier_id = NEW.supplier_id ORDER BY id DESC LIMIT 1;
    FOREACH class IN ARRAY ARRAY['critical', 'major', 'minor'] LOOP
        severity := coalesce(before.severities ->> class, 'normal');
        IF severity = 'reduced' AND before.scheme_key <> NEW.scheme_key THEN
            severity := 'normal';
        END IF;
        IF NEW.severities_before ->> class <> severity
           OR severity = 'discontinued' AND NEW.severities ->> class <> severity
              AND NEW.kind NOT IN ('resumed', 'invalidated') THEN
            RAISE EXCEPTION 'product %: inspection for % goes on from %, whatever the scheme', NEW.product_id, class, severity
                USING ERRCODE = 'check_violation', CONSTRAINT = 'switching_step_goes_on_from_the_one_before';
        END IF;
    END LOOP;
    IF NEW.kind = 'resumed' AND EXISTS (
        SELECT FROM inspections_switchingstep s JOIN inspections_inspection i ON i.id = s.inspection_id
        WHERE s.product_id = NEW.product_id AND s.supplier_id = NEW.supplier_id AND i.verdict IS DISTINCT FROM 'accepted'
          AND jsonb_path_exists(s.severities_before, '$.* ? (@ == "tightened")')
          AND s.id > coalesce((SELECT max(id) FROM inspections_switchingstep WHERE product_id = NEW.product_id
                               AND supplier_id = NEW.supplier_id AND kind = 'resumed'), 0)
          AND NEW.actor_id IN (SELECT who_recorded(i.id))) THEN
        RAISE EXCEPTION 'product %: who inspected what it was discontinued for does not re-qualify it', NEW.product_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_is_requalified_by_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER switching_step_goes_on_from_the_one_before BEFORE INSERT ON inspections_switchingstep
    FOR EACH ROW EXECUTE FUNCTION guard_switching_step();
CREATE TRIGGER switching_step_is_written_once BEFORE UPDATE OR DELETE ON inspections_switchingstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_severity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached jsonb;
    class text;
BEGIN
    SELECT s.severities INTO reached FROM inspections_batch b JOIN inspections_switchingstep s
        ON s.product_id = b.product_id AND s.supplier_id = b.supplier_id
        WHERE b.id = NEW.batch_id ORDER BY s.id DESC LIMIT 1;
    FOREACH class IN ARRAY ARRAY['critical', 'major', 'minor'] LOOP
        IF reached ->> class = 'discontinued'
           OR reached ->> class = 'tightened' AND (
               NEW.severities ->> class <> 'tightened' OR NEW.plan -> class ->> 'severity' <> 'tightened'
               OR EXISTS (SELECT FROM inspections_characteristic c
                          WHERE c.specification_id = NEW.specification_id AND c.nonconformity_class = class
                            AND coalesce(NEW.own_plans -> c.code, NEW.variables_plans -> c.code) ->> 'severity' <> 'tightened'))
        THEN
            RAISE EXCEPTION 'batch %: inspection for % is %, and is not planned otherwise', NEW.batch_id, class, reached ->> class
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_is_planned_by_the_severity_reached';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_is_planned_by_the_severity_reached BEFORE INSERT ON inspections_inspection
    FOR EACH ROW WHEN (NEW.round = 1) EXECUTE FUNCTION guard_severity();
