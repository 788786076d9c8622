-- The board reads many gates and the checks of few, and to search is to read the words of every gate: the words stay in
-- the row, and the checks are stored apart.

ALTER TABLE compliance_gate ALTER COLUMN words SET STORAGE MAIN;
ALTER TABLE compliance_gate SET (toast_tuple_target = 512);
