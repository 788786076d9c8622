-- R6: what was decided on a proposal stays.

CREATE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'open' THEN
        RAISE EXCEPTION 'proposal % was decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'proposal_is_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_is_decided_once BEFORE UPDATE OR DELETE ON inspections_proposal
    FOR EACH ROW EXECUTE FUNCTION guard_proposal();
