from django.db import migrations

WRITTEN_ONCE = """
CREATE TRIGGER declaration_is_written_once BEFORE UPDATE OR DELETE ON compliance_declaration
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declaration_line_is_written_once BEFORE UPDATE OR DELETE ON compliance_declarationline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reference_revision_is_written_once BEFORE UPDATE OR DELETE ON compliance_referencerevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# An entry never says something else without a revision that tells who changed what.
REFERENCE_HAS_A_HISTORY = """
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
"""

# A paper is accepted only after it was examined, with everything that stands in the way overruled by a person.
NOTHING_STANDS_IN_THE_WAY = """
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
"""

UNDO = """
DROP TRIGGER declaration_is_written_once ON compliance_declaration;
DROP TRIGGER declaration_line_is_written_once ON compliance_declarationline;
DROP TRIGGER reference_revision_is_written_once ON compliance_referencerevision;
DROP TRIGGER reference_entry_has_a_history ON compliance_referenceentry;
DROP TRIGGER evidence_is_accepted_against_no_finding ON compliance_evidence;
DROP TRIGGER finding_is_not_rewritten ON compliance_finding;
DROP FUNCTION require_reference_revision, require_clear_findings, guard_finding;
"""


class Migration(migrations.Migration):
    """What is declared and found stays, and no paper is accepted against a finding, whoever writes to the tables."""

    dependencies = [("compliance", "0006_readings"), ("activity", "0002_events_are_append_only")]

    operations = [
        migrations.RunSQL(sql=WRITTEN_ONCE + REFERENCE_HAS_A_HISTORY + NOTHING_STANDS_IN_THE_WAY, reverse_sql=UNDO)
    ]
