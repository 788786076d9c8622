-- What a paper was accepted for is what it says ever after; who brought the file does not accept it. An accepted paper
-- waits again only because of something that stops it; otherwise it can but be revoked.

CREATE FUNCTION guard_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT uploaded_by_id FROM compliance_document WHERE id = NEW.document_id) IN (NEW.accepted_by_id, NEW.checked_by_id) THEN
        RAISE EXCEPTION 'evidence %: who uploaded the document does not accept it', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_accepted_by_another_than_its_uploader';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.uid, NEW.document_id, NEW.requirement_id, NEW.submitted_by_id, NEW.submitted_at)
           <> (OLD.uid, OLD.document_id, OLD.requirement_id, OLD.submitted_by_id, OLD.submitted_at)
           OR OLD.state <> 'submitted' AND (NEW.number, NEW.issuing_body, NEW.standard, NEW.edition, NEW.model_numbers,
               NEW.holder, NEW.issued_on, NEW.valid_from, NEW.valid_to, NEW.fields)
              IS DISTINCT FROM (OLD.number, OLD.issuing_body, OLD.standard, OLD.edition, OLD.model_numbers,
               OLD.holder, OLD.issued_on, OLD.valid_from, OLD.valid_to, OLD.fields)
           OR OLD.state IN ('refused', 'revoked')
           OR OLD.state = 'accepted' AND NEW.state <> 'revoked'
              AND (NEW.state <> 'submitted' OR NEW.reopened_at IS NULL OR NEW.reopened_at IS NOT DISTINCT FROM OLD.reopened_at
                   OR NOT EXISTS (SELECT FROM compliance_finding WHERE evidence_id = OLD.id AND is_current
                                  AND weight = 'block' AND state <> 'overruled'))
        THEN
            RAISE EXCEPTION 'evidence %: what was checked is not changed afterwards', OLD.uid
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'evidence_is_frozen_once_checked';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_is_frozen_once_checked BEFORE INSERT OR UPDATE ON compliance_evidence
    FOR EACH ROW EXECUTE FUNCTION guard_evidence();
