-- R13: a version that loosens what was in force takes effect with the signature of a second person.
-- What a query can tell is told here as well, whatever the column says: a check that is gone, a lower class, a limit that
-- is wider or in another unit, readings that are no longer taken, a higher AQL. Schemes and variables plans: by the services.

CREATE FUNCTION specification_plainly_loosens(old_id bigint, new_id bigint, new_scheme jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM inspections_characteristic o
        LEFT JOIN inspections_characteristic n ON n.specification_id = new_id AND n.code = o.code
        WHERE o.specification_id = old_id
          AND (n.id IS NULL
               OR array_position(ARRAY['critical', 'major', 'minor'], n.nonconformity_class::text)
                  > array_position(ARRAY['critical', 'major', 'minor'], o.nonconformity_class::text)
               OR o.is_measured AND NOT n.is_measured
               OR o.is_measured AND n.unit = o.unit
                  AND (o.lower IS NOT NULL AND (n.lower IS NULL OR n.lower < o.lower)
                       OR o.upper IS NOT NULL AND (n.upper IS NULL OR n.upper > o.upper))))
    OR EXISTS (
        SELECT FROM inspections_specification o,
               jsonb_each_text(CASE jsonb_typeof(o.scheme -> 'aql') WHEN 'object' THEN o.scheme -> 'aql' ELSE '{}' END) was
        WHERE o.id = old_id AND (new_scheme -> 'aql' ->> was.key)::numeric > was.value::numeric)
$$;

CREATE FUNCTION guard_loosening() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> 'draft'
       AND (NEW.loosens, NEW.signed_by_id, NEW.signed_reason, NEW.signature, NEW.drafted_by_id)
           IS DISTINCT FROM (OLD.loosens, OLD.signed_by_id, OLD.signed_reason, OLD.signature, OLD.drafted_by_id) THEN
        RAISE EXCEPTION 'specification %: who drafted and who signed it never changes', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'specification_keeps_its_signature';
    END IF;
    -- A draft names who wrote it last; everyone who ever wrote it so that it loosened is told by what happened.
    IF NEW.signed_by_id <> NEW.drafted_by_id AND (TG_OP = 'INSERT' OR OLD.signed_by_id IS NULL) AND EXISTS (
        SELECT FROM activity_event e JOIN suppliers_product p ON e.stream = 'product:' || p.sku
        WHERE p.id = NEW.product_id AND e.kind = 'specification.drafted' AND (e.data ->> 'version')::int = NEW.version
          AND e.data -> 'loosens' <> '[]' AND e.actor_id = NEW.signed_by_id) THEN
        RAISE EXCEPTION 'specification %: who ever drafted what it loosens does not sign it', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'specification_is_signed_by_nobody_who_ever_drafted_it';
    END IF;
    IF NEW.status = 'active' AND NEW.signed_by_id IS NULL AND (TG_OP = 'INSERT' OR OLD.status = 'draft') THEN
        SELECT id INTO before FROM inspections_specification
        WHERE product_id = NEW.product_id AND id <> NEW.id AND status <> 'draft' ORDER BY version DESC LIMIT 1;
        IF before IS NOT NULL AND specification_plainly_loosens(before, NEW.id, NEW.scheme) THEN
            RAISE EXCEPTION 'specification %: it loosens what was in force, and nobody has signed it', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'specification_that_loosens_is_signed';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER specification_that_loosens_is_signed BEFORE INSERT OR UPDATE ON inspections_specification
    FOR EACH ROW EXECUTE FUNCTION guard_loosening();
