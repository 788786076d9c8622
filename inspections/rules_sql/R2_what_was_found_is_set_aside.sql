-- R2: an acceptance sets aside at least as many units as its record shows nonconforming, before anything of the batch may
-- ship. A unit counts once over all checks and findings; where units have no numbers, the database knows only the largest count of one
-- check (the service takes more). Checked at the commit, when the results are there. What stays on a hold ships by a
-- signature alone. What earlier rounds found, and nobody has reworked, returned or scrapped since, comes with it.

CREATE FUNCTION shown_nonconforming(inspection bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH shown AS (
        SELECT nonconforming_units AS units, nonconforming FROM inspections_result WHERE inspection_id = inspection
        UNION ALL
        SELECT units, nonconforming FROM inspections_finding WHERE inspection_id = inspection AND NOT late
    )
    SELECT greatest((SELECT count(DISTINCT unit) FROM shown, unnest(units) AS unit),
                    (SELECT coalesce(max(nonconforming), 0) FROM shown))
$$;

-- Units that findings told since the batch was last accepted, beside the sample of the inspection that accepts it: those that
-- are named, or the largest count of one.
CREATE FUNCTION told_beside(i inspections_inspection) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH told AS (
        SELECT f.* FROM inspections_finding f LEFT JOIN inspections_inspection other ON other.id = f.inspection_id
        WHERE f.batch_id = i.batch_id AND f.nonconformity_class <> 'critical' AND f.set_aside < f.nonconforming
          AND f.received_at <= i.submitted_at
          AND (f.late OR other.id IS NULL OR other.id <> i.id AND other.verdict IS DISTINCT FROM 'rejected')
          AND f.received_at > coalesce((
                SELECT max(submitted_at) FROM inspections_inspection
                WHERE batch_id = i.batch_id AND verdict = 'accepted' AND id < i.id), '-infinity')
    )
    SELECT greatest((SELECT count(DISTINCT (inspection_id, unit)) FROM told, unnest(units) AS unit WHERE set_aside = 0),
                    (SELECT coalesce(max(nonconforming - set_aside), 0) FROM told))
$$;

CREATE FUNCTION require_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
    may_ship boolean;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id;
    may_ship := b.available > 0 OR EXISTS (SELECT FROM inspections_shipment
                                           WHERE batch_id = b.id AND shipped_at >= NEW.submitted_at);
    IF may_ship AND NEW.set_aside < shown_nonconforming(NEW.id) + told_beside(NEW) THEN
        RAISE EXCEPTION 'inspection %: fewer units are set aside than it found nonconforming', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'acceptance_sets_aside_what_it_found';
    END IF;
    IF NEW.set_aside > 0 AND b.set_aside <> set_aside_of(b.id) THEN
        RAISE EXCEPTION 'batch %: what is set aside is not what its inspections found, but for the steps since', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_sets_aside_what_was_found';
    END IF;
    IF may_ship AND b.hold_count > 0
       AND NOT EXISTS (SELECT FROM inspections_hold WHERE batch_id = b.id AND status = 'open' AND remaining > sorted_out)
       AND NOT EXISTS (SELECT FROM inspections_countersignature WHERE inspection_id = NEW.id)
       AND (SELECT sum(set_aside) FROM inspections_inspection WHERE batch_id = b.id AND submitted_at >= NEW.submitted_at)
           < shown_nonconforming(NEW.id) + told_beside(NEW) + still_among_others(b.id, NEW.submitted_at, NEW.id) THEN
        RAISE EXCEPTION 'inspection %: what earlier rounds found is among what may ship', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'acceptance_sets_aside_what_earlier_rounds_found';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER acceptance_sets_aside_what_it_found AFTER INSERT OR UPDATE ON inspections_inspection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.verdict = 'accepted' AND NEW.hold_id IS NULL)
    EXECUTE FUNCTION require_set_aside();

-- What is found late is set aside of what might ship, in the transaction that stores it; a critical one holds all of it.
CREATE FUNCTION units_new_in(f inspections_finding) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN f.units IS NULL THEN f.nonconforming ELSE (
        SELECT count(*) FROM unnest(f.units) AS unit
        WHERE NOT EXISTS (SELECT FROM inspections_finding other
                          WHERE other.batch_id = f.batch_id AND other.id < f.id AND unit = ANY (other.units)
                            AND other.inspection_id IS NOT DISTINCT FROM f.inspection_id)
          AND NOT EXISTS (SELECT FROM inspections_result r
                          WHERE r.inspection_id = f.inspection_id AND unit = ANY (r.nonconforming_units))) END
$$;

-- Whether units were found nonconforming since that could not be set aside, for they had left.
CREATE FUNCTION owes_units(batch bigint, since timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM inspections_finding f
                   WHERE f.batch_id = batch AND f.late AND f.nonconformity_class <> 'critical'
                     AND f.received_at > coalesce(since, '-infinity') AND f.set_aside < units_new_in(f))
$$;

-- Units that rejected rounds, also abandoned ones that count as such, and critical findings of a batch showed by a moment, and that are still among the others, apart from
-- the steps of one inspection: each rework, return or scrapping takes of them, an acceptance what it set aside, and a hold that
-- was decided to its end all, but on a deviation, which ends. What a sorting took out stays on the hold. There are never less
-- than none, so it is the largest sum from any moment on.
CREATE FUNCTION still_among_others(batch bigint, by timestamptz, but_for bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH step AS (
        SELECT coalesce(submitted_at, abandoned_at) AS at,
               CASE WHEN verdict = 'rejected' OR status = 'abandoned' THEN shown_nonconforming(id)
                    ELSE -greatest(0, set_aside - shown_nonconforming(id)) END AS units
        FROM inspections_inspection
        WHERE batch_id = batch AND (status = 'submitted' OR status = 'abandoned' AND hold_id IS NOT NULL) AND NOT is_invalid
          AND id IS DISTINCT FROM but_for
        UNION ALL
        SELECT f.received_at, CASE WHEN f.late OR i.id IS NULL THEN units_new_in(f) ELSE f.nonconforming END
        FROM inspections_finding f LEFT JOIN inspections_inspection i ON i.id = f.inspection_id
        WHERE f.batch_id = batch AND f.nonconformity_class = 'critical' AND NOT coalesce(i.is_invalid, false)
          AND (f.late OR i.id IS NULL OR i.status = 'abandoned' AND i.hold_id IS NULL)
        UNION ALL
        SELECT c.signed_at, -c.set_aside FROM inspections_countersignature c
        JOIN inspections_hold h ON h.id = c.hold_id WHERE h.batch_id = batch
        UNION ALL
        SELECT d.decided_at, -d.quantity FROM inspections_disposition d
        JOIN inspections_hold h ON h.id = d.hold_id
        WHERE h.batch_id = batch AND d.kind IN ('rework', 'return', 'scrap')
        UNION ALL
        SELECT h.ended_at, -b.quantity FROM inspections_hold h JOIN inspections_batch b ON b.id = h.batch_id
        WHERE h.batch_id = batch AND h.status = 'ended' AND h.ended_by_inspection_id IS NULL AND NOT EXISTS (
            SELECT FROM inspections_disposition WHERE hold_id = h.id AND kind = 'accept_on_deviation')
    )
    SELECT greatest(0, coalesce(max(units), 0) - coalesce((
        SELECT least(h.sorted_out, sum(d.quantity - d.freed)) FROM inspections_hold h
        JOIN inspections_disposition d ON d.hold_id = h.id AND d.kind = 'sort'
        WHERE h.batch_id = batch AND h.status = 'open' GROUP BY h.id), 0))::bigint
    FROM (SELECT sum(units) OVER (ORDER BY at DESC) AS units FROM step WHERE at <= by) AS since
$$;

CREATE FUNCTION require_set_aside_of_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id;
    IF NEW.set_aside < least(units_new_in(NEW), b.available) THEN
        RAISE EXCEPTION 'batch %: a late finding sets aside fewer units than it found, and others may ship', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'late_finding_sets_aside_what_it_found';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER late_finding_sets_aside_what_it_found AFTER INSERT ON inspections_finding
    FOR EACH ROW WHEN (NEW.late AND NEW.nonconformity_class <> 'critical') EXECUTE FUNCTION require_set_aside_of_finding();

CREATE FUNCTION require_units_of_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id;
    IF b.set_aside <> set_aside_of(b.id) THEN
        RAISE EXCEPTION 'batch %: what is set aside is not what was found, but for the steps since', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_sets_aside_what_was_found';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER finding_takes_what_it_sets_aside AFTER INSERT ON inspections_finding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.set_aside > 0) EXECUTE FUNCTION require_units_of_finding();

-- An accepted re-inspection that waited for a second person sets aside what earlier rounds found once it is countersigned.
CREATE FUNCTION require_set_aside_of_countersignature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT b2.* INTO b FROM inspections_batch b2 JOIN inspections_hold h ON h.batch_id = b2.id WHERE h.id = NEW.hold_id;
    IF b.set_aside <> set_aside_of(b.id)
       OR b.available > 0 AND still_among_others(b.id, NEW.signed_at, NULL) > 0 THEN
        RAISE EXCEPTION 'batch %: a countersignature lets what earlier rounds found ship', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'countersignature_sets_aside_what_earlier_rounds_found';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER countersignature_sets_aside_what_earlier_rounds_found AFTER INSERT ON inspections_countersignature
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_set_aside_of_countersignature();
