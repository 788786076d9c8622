-- R4: unknown is never open: a listing has a gate from the moment it is there, closed until it is worked out.

CREATE FUNCTION make_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO compliance_gate (listing_id, state, live, checks, failing, unmet, acts_next, sku, market, words,
                                 planned_on, next_change_at)
    SELECT NEW.id, 'closed', 'never', '[]', '{}', '{}', '', p.sku, m.code, lower(p.sku), NEW.planned_on, now()
    FROM suppliers_product p, suppliers_market m WHERE p.id = NEW.product_id AND m.id = NEW.market_id;
    RETURN NULL;
END $$;
CREATE TRIGGER gate_comes_with_its_listing AFTER INSERT ON suppliers_listing
    FOR EACH ROW EXECUTE FUNCTION make_gate();
