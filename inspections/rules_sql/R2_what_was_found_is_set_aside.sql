-- R2: an acceptance sets aside at least as many units as its record shows nonconforming, before anything of the batch may
-- ship. A unit counts once over all checks and findings; where units have no numbers, the database knows only the largest count of one
-- check (the service takes more). Checked at the commit, when the results are there. What stays on a hold ships by a
-- signature alone.

CREATE FUNCTION shown_nonconforming(inspection bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH shown AS (
        SELECT nonconforming_units AS units, nonconforming FROM inspections_result WHERE inspection_id = inspection
        UNION ALL
        SELECT units, nonconforming FROM inspections_finding WHERE inspection_id = inspection AND NOT late
    )
    SELECT greatest((SELECT count(DISTINCT unit) FROM shown, unnest(units) AS unit),
                    (SELECT coalesce(max(nonconforming), 0) FROM shown))
$$;

CREATE FUNCTION require_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b inspections_batch;
BEGIN
    SELECT * INTO b FROM inspections_batch WHERE id = NEW.batch_id;
    IF NEW.set_aside < shown_nonconforming(NEW.id)
       AND (b.available > 0 OR EXISTS (SELECT FROM inspections_shipment
                                       WHERE batch_id = b.id AND shipped_at >= NEW.submitted_at)) THEN
        RAISE EXCEPTION 'inspection %: fewer units are set aside than it found nonconforming', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'acceptance_sets_aside_what_it_found';
    END IF;
    IF NEW.set_aside > 0 AND b.set_aside <> set_aside_of(b.id) THEN
        RAISE EXCEPTION 'batch %: what is set aside is not what its inspections found, but for the steps since', b.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_sets_aside_what_was_found';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER acceptance_sets_aside_what_it_found AFTER INSERT OR UPDATE ON inspections_inspection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.verdict = 'accepted' AND NEW.hold_id IS NULL)
    EXECUTE FUNCTION require_set_aside();
