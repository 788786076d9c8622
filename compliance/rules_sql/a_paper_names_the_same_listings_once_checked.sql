-- A paper names listings of its supplier's products, and none other once it is checked.

CREATE FUNCTION guard_evidence_listing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now compliance_evidencelisting := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM compliance_evidence
                                   WHERE id = row_now.evidence_id AND state <> 'submitted') THEN
        RAISE EXCEPTION 'the listings that evidence names are not changed once it is checked'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'evidence_names_the_same_listings_once_checked';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM compliance_evidence e JOIN compliance_document d ON d.id = e.document_id
        JOIN suppliers_listing l ON l.id = NEW.listing_id
        JOIN suppliers_product p ON p.id = l.product_id AND p.supplier_id = d.supplier_id
        WHERE e.id = NEW.evidence_id) THEN
        RAISE EXCEPTION 'the document belongs to another supplier than the product'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_is_of_the_product_s_supplier';
    END IF;
    RETURN row_now;
END $$;
CREATE TRIGGER evidence_names_the_same_listings_once_checked BEFORE INSERT OR UPDATE OR DELETE
    ON compliance_evidencelisting FOR EACH ROW EXECUTE FUNCTION guard_evidence_listing();
