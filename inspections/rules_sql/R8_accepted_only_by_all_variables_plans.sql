-- R8: no inspection is accepted while one of its variables plans, or of the plans of single checks, has not accepted: what is
-- missing is no.

CREATE FUNCTION every_plan_accepts(plans jsonb, tally jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (SELECT FROM jsonb_object_keys(plans) code
                       WHERE tally -> code ->> 'settled' IS DISTINCT FROM 'accepted')
$$;
ALTER TABLE inspections_inspection ADD CONSTRAINT inspection_is_accepted_only_by_all_its_variables_plans
    CHECK (verdict IS DISTINCT FROM 'accepted' OR every_plan_accepts(variables_plans, variables_tally));
ALTER TABLE inspections_inspection ADD CONSTRAINT inspection_is_accepted_only_by_all_plans_of_single_checks
    CHECK (verdict IS DISTINCT FROM 'accepted' OR every_plan_accepts(own_plans, own_tally));
