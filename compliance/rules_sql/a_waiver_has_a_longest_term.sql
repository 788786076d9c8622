-- A waiver covers 90 days at most from the day in its market on which it was asked for; no market is a day ahead of UTC.

ALTER TABLE compliance_waiver ADD CONSTRAINT waiver_has_a_longest_term
    CHECK (expires_on <= (requested_at AT TIME ZONE 'UTC')::date + 91);
