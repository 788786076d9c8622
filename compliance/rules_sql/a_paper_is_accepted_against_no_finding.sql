-- A paper is accepted only after it was examined, with everything that stands in the way overruled by a person.

CREATE FUNCTION require_clear_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM compliance_examination WHERE evidence_id = NEW.id) THEN
        RAISE EXCEPTION 'evidence % was accepted without being examined', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_accepted_after_it_was_examined';
    END IF;
    IF EXISTS (SELECT FROM compliance_finding
               WHERE evidence_id = NEW.id AND is_current AND weight <> 'note' AND state <> 'overruled') THEN
        RAISE EXCEPTION 'evidence % was accepted against a finding', NEW.uid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_accepted_against_no_finding';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_is_accepted_against_no_finding BEFORE INSERT OR UPDATE ON compliance_evidence
    FOR EACH ROW WHEN (NEW.state = 'accepted') EXECUTE FUNCTION require_clear_findings();

CREATE FUNCTION guard_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'open' THEN
            RAISE EXCEPTION 'finding % was decided', OLD.uid
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'finding_stays_once_decided';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.evidence_id, NEW.code, NEW.weight, NEW.params, NEW.page, NEW.quote, NEW.fingerprint, NEW.is_ban)
       IS DISTINCT FROM
       (OLD.evidence_id, OLD.code, OLD.weight, OLD.params, OLD.page, OLD.quote, OLD.fingerprint, OLD.is_ban) THEN
        RAISE EXCEPTION 'finding % says what it said when it was found', OLD.uid
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'finding_is_not_rewritten';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_is_not_rewritten BEFORE UPDATE OR DELETE ON compliance_finding
    FOR EACH ROW EXECUTE FUNCTION guard_finding();
