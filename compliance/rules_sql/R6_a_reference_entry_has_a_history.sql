-- R6: an entry never says something else without a revision that tells who changed what.

CREATE FUNCTION require_reference_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD AND NEW.revision <> OLD.revision + 1
       OR NOT EXISTS (SELECT FROM compliance_referencerevision WHERE entry_id = NEW.id AND number = NEW.revision) THEN
        RAISE EXCEPTION 'reference entry % has no history of revision %', NEW.key, NEW.revision
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reference_entry_has_a_history';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reference_entry_has_a_history AFTER INSERT OR UPDATE ON compliance_referenceentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_reference_revision();
