-- R13: a version that loosens what was in force takes effect with the signature of a second person.
-- What a query can tell is told here as well, whatever the column says: a check that is gone or looks at something else, a lower
-- class, a limit that is wider, the same numbers in another unit, fewer units of its own, a higher AQL. Schemes and variables plans: by the services.

-- As `inspections.rules.units`: how units are compared, and what one is in the first of its kind.
CREATE FUNCTION plain_unit(unit text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN said IN ('MN', 'MV', 'MW', 'MWh', 'MPa', 'MΩ', 'MHz') THEN said ELSE replace(lower(said), 'Ω', 'ω') END
    FROM replace(replace(rtrim(regexp_replace(normalize(unit, NFKC), '\s', '', 'g'), '.'), U&'\03BC', U&'\00B5'), 'm2', 'm²') said
$$;

CREATE FUNCTION unit_size(wanted text) RETURNS TABLE (kind int, size numeric) LANGUAGE sql IMMUTABLE AS $$
    SELECT known.kind, known.size FROM (VALUES
        ('m', 1, 1), ('km', 1, 1000), ('dm', 1, 0.1), ('cm', 1, 0.01), ('mm', 1, 0.001), ('µm', 1, 0.000001),
        ('um', 1, 0.000001), ('nm', 1, 0.000000001), ('in', 1, 0.0254), ('inch', 1, 0.0254), ('"', 1, 0.0254),
        ('ft', 1, 0.3048), ('米', 1, 1), ('厘米', 1, 0.01), ('毫米', 1, 0.001), ('g', 2, 1), ('kg', 2, 1000), ('mg', 2, 0.001),
        ('µg', 2, 0.000001), ('ug', 2, 0.000001), ('t', 2, 1000000), ('lb', 2, 453.59237), ('lbs', 2, 453.59237),
        ('oz', 2, 28.349523125), ('克', 2, 1), ('千克', 2, 1000), ('公斤', 2, 1000), ('毫克', 2, 0.001), ('l', 3, 1),
        ('ml', 3, 0.001), ('cl', 3, 0.01), ('dl', 3, 0.1), ('µl', 3, 0.000001), ('ul', 3, 0.000001), ('升', 3, 1),
        ('毫升', 3, 0.001), ('%', 4, 1), ('‰', 4, 0.1), ('ppm', 4, 0.0001), ('ppb', 4, 0.0000001), ('mg/kg', 5, 1),
        ('g/kg', 5, 1000), ('µg/kg', 5, 0.001), ('ug/kg', 5, 0.001), ('n', 6, 1), ('kn', 6, 1000), ('mn', 6, 0.001),
        ('v', 7, 1), ('kv', 7, 1000), ('mv', 7, 0.001), ('a', 8, 1), ('ma', 8, 0.001), ('µa', 8, 0.000001),
        ('ua', 8, 0.000001), ('w', 9, 1), ('kw', 9, 1000), ('mw', 9, 0.001), ('wh', 10, 1), ('kwh', 10, 1000),
        ('mwh', 10, 0.001), ('ah', 11, 1), ('mah', 11, 0.001), ('s', 12, 1), ('ms', 12, 0.001), ('min', 12, 60),
        ('h', 12, 3600), ('秒', 12, 1), ('分钟', 12, 60), ('kpa', 13, 1), ('pa', 13, 0.001), ('bar', 13, 100),
        ('mbar', 13, 0.1), ('hz', 14, 1), ('khz', 14, 1000), ('ω', 15, 1), ('kω', 15, 1000), ('ohm', 15, 1),
        ('kohm', 15, 1000), ('m²', 16, 1), ('cm²', 16, 0.0001), ('mm²', 16, 0.000001), ('g/m²', 17, 1), ('gsm', 17, 1)
    ) known (name, kind, size) WHERE known.name = plain_unit(wanted)
$$;

CREATE FUNCTION same_words(was text, was_other text, now text, now_other text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (now, now_other) = (was, was_other)
        -- A translation that was missing is no other meaning: the other language says what it said.
        OR was <> '' AND was_other = '' AND now = was
        OR was_other <> '' AND was = '' AND now_other = was_other
$$;

CREATE FUNCTION specification_plainly_loosens(old_id bigint, new_id bigint, new_scheme jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM inspections_characteristic o
        LEFT JOIN inspections_characteristic n ON n.specification_id = new_id AND n.code = o.code
        WHERE o.specification_id = old_id
          AND (n.id IS NULL
               OR array_position(ARRAY['critical', 'major', 'minor'], n.nonconformity_class::text)
                  > array_position(ARRAY['critical', 'major', 'minor'], o.nonconformity_class::text)
               OR (n.sampling ->> 'n')::int < (o.sampling ->> 'n')::int
               OR n.is_measured <> o.is_measured OR n.aspect <> o.aspect
               OR o.picture <> '' AND n.picture <> o.picture
               OR NOT same_words(o.name, o.name_zh, n.name, n.name_zh)
               OR NOT same_words(o.method, o.method_zh, n.method, n.method_zh)
               OR o.is_measured AND plain_unit(n.unit) <> plain_unit(o.unit) AND NOT EXISTS (
                   SELECT FROM unit_size(o.unit) was JOIN unit_size(n.unit) now USING (kind)
                   WHERE (n.lower * now.size, n.upper * now.size)
                         IS NOT DISTINCT FROM (o.lower * was.size, o.upper * was.size))
               OR o.is_measured AND plain_unit(n.unit) = plain_unit(o.unit)
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
    -- A draft names who wrote it last; everyone who wrote it so that it loosened, since a version was
    -- last put in force, is told by what happened.
    IF NEW.signed_by_id <> NEW.drafted_by_id AND (TG_OP = 'INSERT' OR OLD.signed_by_id IS NULL) AND EXISTS (
        SELECT FROM activity_event e JOIN suppliers_product p ON e.stream = 'product:' || p.sku
        WHERE p.id = NEW.product_id AND e.kind = 'specification.drafted'
          AND e.id > coalesce((SELECT max(id) FROM activity_event
                               WHERE stream = e.stream AND kind = 'specification.activated'), 0)
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
