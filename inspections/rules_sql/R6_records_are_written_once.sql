-- R6: what was shipped, taken back, signed, doubted, calculated with or measured against stays as it was said.

CREATE TRIGGER shipment_is_written_once BEFORE UPDATE OR DELETE ON inspections_shipment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reversal_is_written_once BEFORE UPDATE OR DELETE ON inspections_reversal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disposition_is_written_once BEFORE UPDATE OR DELETE ON inspections_disposition
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER doubt_is_written_once BEFORE UPDATE OR DELETE ON inspections_doubtflag
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER margin_inputs_are_written_once BEFORE UPDATE OR DELETE ON inspections_margininputs
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER baseline_is_written_once BEFORE UPDATE OR DELETE ON inspections_baseline
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER aside_step_is_written_once BEFORE UPDATE OR DELETE ON inspections_asidestep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
