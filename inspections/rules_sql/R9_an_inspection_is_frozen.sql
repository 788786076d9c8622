-- R9: an inspection keeps what it was planned by, what is drawn and why it is tightened included; once it is submitted or
-- abandoned, neither it nor its results change. Some of it may be NULL, so the rows are compared as DISTINCT.

CREATE FUNCTION guard_inspection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'abandoned'
       AND to_jsonb(NEW) = jsonb_set(to_jsonb(OLD), '{is_invalid}', 'true') THEN
        RETURN NEW;  -- that it is signed for: R8_what_rejects_is_not_walked_away_from.sql
    END IF;
    IF TG_OP = 'DELETE' OR OLD.status <> 'open'
       OR (NEW.batch_id, NEW.round, NEW.specification_id, NEW.lot_size, NEW.severity, NEW.plan, NEW.planned_at,
           NEW.inspector_id, NEW.pick_seed, NEW.cartons, NEW.carton_rule, NEW.variables_plans, NEW.carried,
           NEW.own_plans, NEW.severities)
          IS DISTINCT FROM (OLD.batch_id, OLD.round, OLD.specification_id, OLD.lot_size, OLD.severity, OLD.plan,
              OLD.planned_at, OLD.inspector_id, OLD.pick_seed, OLD.cartons, OLD.carton_rule, OLD.variables_plans,
              OLD.carried, OLD.own_plans, OLD.severities)
    THEN
        RAISE EXCEPTION 'inspection %: its plan never changes, and nothing of it once it is closed', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_is_frozen BEFORE UPDATE OR DELETE ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION guard_inspection();
CREATE TRIGGER inspection_keeps_why_it_is_tightened BEFORE UPDATE ON inspections_inspection
    FOR EACH ROW WHEN (OLD.tightened_for_id IS DISTINCT FROM NEW.tightened_for_id) EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspections_inspection
                                   WHERE id = OLD.inspection_id AND status <> 'open') THEN
        RAISE EXCEPTION 'the inspection of this result is closed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'result_is_frozen_with_its_inspection';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER result_is_frozen_with_its_inspection BEFORE UPDATE OR DELETE ON inspections_result
    FOR EACH ROW EXECUTE FUNCTION guard_result();
