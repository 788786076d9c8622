-- R6: what a study of a gauge read and found stays; a newer study takes its place.

CREATE FUNCTION guard_gauge_study() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'gauge study %: it is written once', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'gauge_study_is_written_once';
END $$;
CREATE TRIGGER gauge_study_is_written_once BEFORE UPDATE OR DELETE ON inspections_gaugestudy
    FOR EACH ROW EXECUTE FUNCTION guard_gauge_study();
