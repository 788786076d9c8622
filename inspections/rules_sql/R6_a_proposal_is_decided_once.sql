-- R6: what was decided on a proposal stays. One that was accepted is done once its version is in force, or open again where
-- its draft was replaced by another without it.

CREATE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR OLD.status IN ('dismissed', 'done')
       OR OLD.status = 'accepted' AND NOT (
            NEW.status = 'open'
            OR NEW.status IN ('accepted', 'done')
               AND (NEW.decided_at, NEW.decided_by_id) = (OLD.decided_at, OLD.decided_by_id))
       OR OLD.status = 'open' AND NEW.status = 'done'
    THEN
        RAISE EXCEPTION 'proposal % was decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'proposal_is_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_is_decided_once BEFORE UPDATE OR DELETE ON inspections_proposal
    FOR EACH ROW EXECUTE FUNCTION guard_proposal();
