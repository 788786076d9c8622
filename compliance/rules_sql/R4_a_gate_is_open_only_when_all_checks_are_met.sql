-- R4: a gate is open only with all nine checks there, each passed or waived.

ALTER TABLE compliance_gate ADD CONSTRAINT gate_is_open_only_when_all_checks_are_met CHECK (
    state = 'closed' OR (jsonb_array_length(checks) = 9
        AND NOT jsonb_path_exists(checks, '$[*] ? (!(@.state == "pass" || @.state == "waived"))')));
