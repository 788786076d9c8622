-- Who uploaded a file is no second pair of eyes on it, whoever submitted it as evidence; and who that was never changes.

CREATE FUNCTION guard_evidence_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.checked_by_id = (SELECT uploaded_by_id FROM compliance_document WHERE id = NEW.document_id) THEN
        RAISE EXCEPTION 'evidence %: who uploaded the document does not check it', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_checked_by_another_than_its_uploader';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_is_checked_by_another BEFORE INSERT OR UPDATE ON compliance_evidence
    FOR EACH ROW WHEN (NEW.checked_by_id IS NOT NULL) EXECUTE FUNCTION guard_evidence_check();
CREATE TRIGGER document_keeps_who_uploaded_it BEFORE UPDATE ON compliance_document
    FOR EACH ROW WHEN (OLD.uploaded_by_id <> NEW.uploaded_by_id) EXECUTE FUNCTION refuse_change();
