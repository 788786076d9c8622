-- R6: a requirement never says something else without a revision that tells who changed what.

CREATE FUNCTION require_new_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD AND NEW.revision <> OLD.revision + 1 THEN
        RAISE EXCEPTION 'requirement % changes without a new revision', OLD.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'requirement_change_is_a_revision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER requirement_change_is_a_revision BEFORE UPDATE ON compliance_requirement
    FOR EACH ROW EXECUTE FUNCTION require_new_revision();

CREATE FUNCTION require_revision_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM compliance_requirementrevision
                   WHERE requirement_id = NEW.id AND number = NEW.revision) THEN
        RAISE EXCEPTION 'requirement % has no history of revision %', NEW.key, NEW.revision
            USING ERRCODE = 'check_violation', CONSTRAINT = 'requirement_revision_is_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requirement_revision_is_kept AFTER INSERT OR UPDATE ON compliance_requirement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_revision_row();
