-- R6: what came back of a pilot run after its end is written once, of a run that was concluded.

CREATE FUNCTION guard_pilot_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what came back late stays on the record'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pilot_late_outcome_is_written_once';
    END IF;
    IF NOT EXISTS (
        SELECT FROM inspections_pilotrun r JOIN inspections_pilotunit u ON u.run_id = r.id
        WHERE u.id = NEW.unit_id AND r.status = 'concluded') THEN
        RAISE EXCEPTION 'the pilot run of unit % is not concluded', NEW.unit_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_late_outcome_is_of_a_concluded_run';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_late_outcome_is_written_once BEFORE INSERT OR UPDATE OR DELETE ON inspections_pilotlate
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_late();
