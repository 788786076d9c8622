-- R8: an inspection whose record already rejects is not abandoned without a hold on its batch, and what follows is a further
-- round, unless a second person has signed that the sample was invalid. A unit counts in the most serious class of its
-- nonconformities, as in `inspections.rules.verdicts`; a check with a plan of its own is judged by that. Variables plans are not
-- estimated here.

-- What was found nonconforming: `judged_by` is the code of a check with a plan of its own; `place` 1 for critical.
CREATE FUNCTION found_in(i inspections_inspection)
RETURNS TABLE (class text, place int, judged_by text, units int[], nonconforming bigint, nonconformities bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.nonconformity_class, array_position(ARRAY['critical', 'major', 'minor'], c.nonconformity_class::text),
        CASE WHEN i.own_plans ? c.code OR i.variables_plans ? c.code THEN c.code ELSE '' END,
        r.nonconforming_units, r.nonconforming, r.nonconformities
    FROM inspections_result r JOIN inspections_characteristic c ON c.id = r.characteristic_id
    WHERE r.inspection_id = i.id AND r.nonconforming > 0
    UNION ALL
    SELECT f.nonconformity_class, array_position(ARRAY['critical', 'major', 'minor'], f.nonconformity_class::text),
        CASE WHEN i.own_plans ? c.code AND (f.nonconformity_class = c.nonconformity_class OR NOT i.plan ? f.nonconformity_class)
             THEN c.code ELSE '' END,
        f.units, f.nonconforming, f.nonconforming
    FROM inspections_finding f LEFT JOIN inspections_characteristic c ON c.id = f.characteristic_id
    WHERE f.inspection_id = i.id AND NOT f.late
$$;

CREATE FUNCTION rejection_number(plan jsonb, counts jsonb) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT (coalesce(plan -> 'stages' -> least(jsonb_array_length(coalesce(counts, '[]')),
                                               jsonb_array_length(plan -> 'stages') - 1), plan) ->> 'rejection')::int
$$;

-- The classes, and the codes of the checks with a plan of their own, that what is recorded rejects.
CREATE FUNCTION rejecting_classes(i inspections_inspection) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH found AS MATERIALIZED (SELECT * FROM found_in(i)),
    judged AS (
        SELECT key AS name, '' AS judged_by, value AS plan, i.stage_counts -> key AS counts FROM jsonb_each(i.plan)
        UNION ALL
        SELECT key, key, value, i.own_stage_counts -> key FROM jsonb_each(i.own_plans)
    ),
    counted AS (
        SELECT j.name, j.judged_by, j.plan, j.counts, f.place, f.units, f.nonconforming, f.nonconformities
        FROM judged j JOIN found f ON f.judged_by = j.judged_by AND (j.judged_by <> '' OR f.class = j.name)
    ),
    named AS (
        SELECT c.name, c.judged_by, count(DISTINCT unit) AS units FROM counted c, unnest(c.units) AS unit
        WHERE c.judged_by <> '' OR NOT EXISTS (
            SELECT FROM found g WHERE g.place < c.place AND unit = ANY (g.units) AND (i.plan ? g.class OR g.judged_by <> ''))
        GROUP BY c.name, c.judged_by
    )
    SELECT c.name FROM counted c LEFT JOIN named USING (name, judged_by)
    GROUP BY c.name, c.judged_by, c.plan, c.counts, named.units
    HAVING rejection_number(c.plan, c.counts) <= CASE c.plan ->> 'counts'
        WHEN 'nonconformities' THEN sum(c.nonconformities)
        ELSE coalesce(named.units, 0) + coalesce(sum(c.nonconforming) FILTER (WHERE c.units IS NULL), 0) END
$$;

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
