-- R9: a specification and its characteristics change only while it is a draft; what is asked for a finding never does.

CREATE FUNCTION guard_specification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.status = 'draft' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'draft' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'active' AND NEW.status = 'retired'
       AND (NEW.product_id, NEW.version, NEW.scheme) = (OLD.product_id, OLD.version, OLD.scheme) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'specification % was activated and never changes again', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'specification_is_frozen_once_active';
END $$;
CREATE TRIGGER specification_is_frozen_once_active BEFORE UPDATE OR DELETE ON inspections_specification
    FOR EACH ROW EXECUTE FUNCTION guard_specification();

CREATE FUNCTION guard_characteristic() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owners bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.specification_id]
                                  WHEN 'DELETE' THEN ARRAY[OLD.specification_id]
                                  ELSE ARRAY[OLD.specification_id, NEW.specification_id] END;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.specification_id IS NULL
       OR EXISTS (SELECT FROM inspections_specification WHERE id = ANY(owners) AND status <> 'draft') THEN
        RAISE EXCEPTION 'the specification of this characteristic was activated and never changes again'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'characteristic_is_frozen_once_active';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER characteristic_is_frozen_once_active BEFORE INSERT OR UPDATE OR DELETE ON inspections_characteristic
    FOR EACH ROW EXECUTE FUNCTION guard_characteristic();
