-- R3: who ever recorded or corrected a result of an inspection, or a check or a drop of a sample, stays on the record, whoever
-- saves it next. Of an inspection it is those beside its inspector, whom it names itself and for good. The tables are written
-- here alone, within the statement that stores what was found.

CREATE FUNCTION keep_who_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inspections_recorder (inspection_id, user_id)
    SELECT DISTINCT i.id, w.recorded_by_id FROM written w
    JOIN inspections_inspection i ON i.id = w.inspection_id AND i.inspector_id <> w.recorded_by_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER result_keeps_who_recorded_it AFTER INSERT ON inspections_result
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_who_recorded();
CREATE TRIGGER result_keeps_who_corrected_it AFTER UPDATE ON inspections_result
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_who_recorded();
CREATE TRIGGER recorder_is_written_once BEFORE UPDATE OR DELETE ON inspections_recorder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_who_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inspections_samplerecorder (sample_id, user_id)
    VALUES (NEW.sample_id, NEW.recorded_by_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER sample_check_keeps_who_recorded_it AFTER INSERT OR UPDATE ON inspections_samplecheck
    FOR EACH ROW EXECUTE FUNCTION keep_who_checked();
CREATE TRIGGER further_check_keeps_who_recorded_it AFTER INSERT OR UPDATE ON inspections_furthercheck
    FOR EACH ROW EXECUTE FUNCTION keep_who_checked();

CREATE FUNCTION keep_who_dropped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inspections_samplerecorder (sample_id, user_id)
    SELECT t.sample_id, NEW.recorded_by_id FROM inspections_transporttest t WHERE t.id = NEW.test_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER drop_keeps_who_recorded_it AFTER INSERT OR UPDATE ON inspections_dropresult
    FOR EACH ROW EXECUTE FUNCTION keep_who_dropped();
CREATE TRIGGER sample_recorder_is_written_once BEFORE UPDATE OR DELETE ON inspections_samplerecorder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
