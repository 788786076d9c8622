-- R6: what was declared, looked up, revised or decided stays as it was said; papers and waivers are never deleted.

CREATE TRIGGER requirement_revision_is_written_once BEFORE UPDATE OR DELETE ON compliance_requirementrevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reference_revision_is_written_once BEFORE UPDATE OR DELETE ON compliance_referencerevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER register_lookup_is_written_once BEFORE UPDATE OR DELETE ON compliance_registerlookup
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declaration_is_written_once BEFORE UPDATE OR DELETE ON compliance_declaration
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declaration_line_is_written_once BEFORE UPDATE OR DELETE ON compliance_declarationline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER go_live_is_written_once BEFORE UPDATE OR DELETE ON compliance_golivedecision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_is_never_deleted BEFORE DELETE ON compliance_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER waiver_is_never_deleted BEFORE DELETE ON compliance_waiver
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
