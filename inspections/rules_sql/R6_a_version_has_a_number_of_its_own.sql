-- R6: a version of a specification has a number that no other ever had, not even a draft that was thrown away, and keeps it.

CREATE FUNCTION guard_version_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.product_id, NEW.version) <> (OLD.product_id, OLD.version) THEN
            RAISE EXCEPTION 'version % keeps its number', OLD.version
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'specification_keeps_its_number';
        END IF;
        RETURN NEW;
    END IF;
    INSERT INTO inspections_versioncount (product_id, last) VALUES (NEW.product_id, NEW.version)
    ON CONFLICT (product_id) DO UPDATE SET last = EXCLUDED.last WHERE inspections_versioncount.last < EXCLUDED.last;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'version % of this product has been there before', NEW.version
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'version_number_is_used_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER specification_has_a_number_of_its_own BEFORE INSERT OR UPDATE ON inspections_specification
    FOR EACH ROW EXECUTE FUNCTION guard_version_number();

CREATE FUNCTION guard_version_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.product_id <> OLD.product_id OR NEW.last < OLD.last THEN
        RAISE EXCEPTION 'numbers of versions are only ever counted up'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_count_goes_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_count_goes_up BEFORE UPDATE OR DELETE ON inspections_versioncount
    FOR EACH ROW EXECUTE FUNCTION guard_version_count();
