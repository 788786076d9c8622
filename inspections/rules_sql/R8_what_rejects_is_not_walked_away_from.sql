-- R8: an inspection whose record already rejects is not abandoned without a hold on its batch, and what follows is a further
-- round, unless a second person has signed that the sample was invalid. Variables plans are not estimated here.

CREATE FUNCTION rejecting_classes(i inspections_inspection) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
DECLARE
    class text;
    plan jsonb;
    stage jsonb;
    bad bigint;
    all_found bigint;
BEGIN
    FOR class, plan IN SELECT key, value FROM jsonb_each(i.plan) LOOP
        stage := plan;
        IF jsonb_array_length(coalesce(plan -> 'stages', '[]')) > 0 THEN
            stage := plan -> 'stages' -> least(jsonb_array_length(coalesce(i.stage_counts -> class, '[]')),
                                               jsonb_array_length(plan -> 'stages') - 1);
        END IF;
        WITH found AS (
            SELECT r.nonconforming_units, r.nonconforming, r.nonconformities FROM inspections_result r
            JOIN inspections_characteristic c ON c.id = r.characteristic_id
            WHERE r.inspection_id = i.id AND c.nonconformity_class = class AND NOT i.variables_plans ? c.code
            UNION ALL
            SELECT f.units, f.nonconforming, f.nonconforming FROM inspections_finding f
            WHERE f.inspection_id = i.id AND NOT f.late AND f.nonconformity_class = class
        )
        SELECT (SELECT count(DISTINCT unit) FROM found, unnest(nonconforming_units) unit)
               + coalesce(sum(nonconforming) FILTER (WHERE nonconforming_units IS NULL), 0),
               coalesce(sum(nonconformities), 0)
        INTO bad, all_found FROM found;
        IF (stage ->> 'rejection')::int <= (CASE plan ->> 'counts' WHEN 'nonconformities' THEN all_found ELSE bad END) THEN
            RETURN NEXT class;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION record_rejects(i inspections_inspection) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM rejecting_classes(i))
$$;

-- That a sample was invalid is a word on abandoned inspections alone: the hold rests on nothing else, neither on a finding that
-- was told outside of them nor on somebody's stop.
CREATE FUNCTION rests_on_abandoned(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT h.reason IN ('critical', 'rejected')
        AND EXISTS (SELECT FROM inspections_inspection WHERE hold_id = h.id)
        AND NOT EXISTS (SELECT FROM inspections_inspection WHERE hold_id = h.id AND status <> 'abandoned')
        AND NOT EXISTS (SELECT FROM inspections_finding f LEFT JOIN inspections_inspection i ON i.id = f.inspection_id
                        WHERE f.hold_id = h.id AND (f.late OR i.hold_id IS DISTINCT FROM h.id))
        AND NOT EXISTS (SELECT FROM activity_event e JOIN inspections_batch b ON b.id = h.batch_id
                        WHERE e.stream = 'batch:' || b.number AND e.kind = 'hold.confirmed'
                          AND e.data ->> 'hold' = h.uid::text AND e.data ->> 'reason' NOT IN ('critical', 'rejected'))
    FROM inspections_hold h WHERE h.id = wanted
$$;

CREATE FUNCTION guard_invalid_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT rests_on_abandoned(NEW.hold_id) THEN
        RAISE EXCEPTION 'hold %: it rests on more than abandoned inspections', NEW.hold_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invalid_sample_is_signed_of_abandoned_inspections_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invalid_sample_is_signed_of_abandoned_inspections_alone BEFORE INSERT ON inspections_disposition
    FOR EACH ROW WHEN (NEW.kind = 'invalid_sample') EXECUTE FUNCTION guard_invalid_sample();

CREATE FUNCTION guard_abandonment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_invalid AND NOT EXISTS (
        SELECT FROM inspections_disposition WHERE hold_id = NEW.hold_id AND kind = 'invalid_sample') THEN
        RAISE EXCEPTION 'inspection %: nobody has signed that its sample was invalid', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_is_invalid_only_by_signature';
    END IF;
    IF NEW.status = 'abandoned' AND NEW.hold_id IS NULL AND record_rejects(NEW) THEN
        RAISE EXCEPTION 'inspection %: its record rejects, so that it cannot be abandoned without a hold', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_that_rejects_is_not_walked_away_from';
    END IF;
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM inspections_inspection e
        WHERE e.batch_id = NEW.batch_id AND e.status = 'abandoned' AND NOT e.is_invalid AND e.round >= NEW.round
          AND (e.hold_id IS NOT NULL OR record_rejects(e)))
    THEN
        RAISE EXCEPTION 'batch %: what follows an abandoned inspection that rejects is a re-inspection', NEW.batch_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_after_an_abandoned_rejection_is_a_further_round';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_that_rejects_is_not_walked_away_from BEFORE INSERT OR UPDATE ON inspections_inspection
    FOR EACH ROW EXECUTE FUNCTION guard_abandonment();
