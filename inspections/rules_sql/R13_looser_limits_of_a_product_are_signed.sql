-- R13: limits of a product above those of its category, or of every product, judge nothing before a second person signs. Those of a
-- category or of every product are raised by nobody's word alone either.

CREATE FUNCTION guard_pilot_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    base inspections_pilotlimit;
BEGIN
    -- Limits that wait name who asked last; everyone who asked since limits were set is told by what happened.
    IF NEW.signed_by_id <> NEW.asked_by_id AND (TG_OP = 'INSERT' OR OLD.signed_by_id IS NULL) AND EXISTS (
        SELECT FROM activity_event e JOIN suppliers_product p ON e.stream = 'product:' || p.sku
        WHERE p.id = NEW.product_id AND e.kind = 'pilot.limits_asked' AND e.actor_id = NEW.signed_by_id
          AND NOT EXISTS (SELECT FROM activity_event later
                          WHERE later.stream = e.stream AND later.kind = 'pilot.limits_set' AND later.id > e.id)) THEN
        RAISE EXCEPTION 'product %: who ever asked for limits does not sign them', NEW.product_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_limit_is_signed_by_nobody_who_ever_asked';
    END IF;
    IF NEW.product_id IS NULL AND NOT NEW.is_waiting AND NEW.signed_by_id IS NULL THEN
        IF TG_OP = 'UPDATE' THEN
            base := OLD;
        ELSE
            SELECT l.* INTO base FROM inspections_pilotlimit l
            WHERE l.product_id IS NULL AND NOT l.is_waiting AND (l.category_id IS NULL OR l.category_id IN (
                SELECT parent_id FROM suppliers_category WHERE id = NEW.category_id))
            ORDER BY l.category_id NULLS LAST LIMIT 1;
        END IF;
        IF NEW.damage > base.damage OR NEW.complaint > base.complaint OR NEW.return_rate > base.return_rate THEN
            RAISE EXCEPTION 'looser limits of a category or of every product, which nobody has signed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_limit_of_many_is_loosened_signed';
        END IF;
    END IF;
    IF NEW.product_id IS NULL OR NEW.is_waiting OR NEW.signed_by_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT l.* INTO base FROM inspections_pilotlimit l
    JOIN suppliers_product p ON p.id = NEW.product_id
    JOIN suppliers_category c ON c.id = p.category_id
    WHERE l.product_id IS NULL AND (l.category_id IS NULL OR l.category_id IN (c.id, c.parent_id))
    ORDER BY l.category_id = c.id DESC NULLS LAST, l.category_id NULLS LAST LIMIT 1;
    IF NEW.damage > base.damage OR NEW.complaint > base.complaint OR NEW.return_rate > base.return_rate THEN
        RAISE EXCEPTION 'product %: limits above those of its category, which nobody has signed', NEW.product_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_limit_above_its_category_is_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pilot_limit_above_its_category_is_signed BEFORE INSERT OR UPDATE ON inspections_pilotlimit
    FOR EACH ROW EXECUTE FUNCTION guard_pilot_limit();
