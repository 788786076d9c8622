"""Each rule of the database alone, against somebody who goes round the code with plain SQL.

The rows that a rule looks at are made with the triggers of their tables switched off, and no CHECK nor foreign key stands by,
so that what refuses the last statement is the rule that is named, and nothing else.
"""

from typing import Any, NamedTuple

import pytest
from django.db import Error, connection, transaction
from psycopg import sql

pytestmark = pytest.mark.django_db

ONE, OTHER = 9001, 9002  # of whatever table
WHO = 7001
SOME_DAY = "2026-11-01"

WRITTEN_ONCE = {
    "activity_event": "event_is_written_once",
    "compliance_declaration": "declaration_is_written_once",
    "compliance_declarationline": "declaration_line_is_written_once",
    "compliance_golivedecision": "go_live_is_written_once",
    "compliance_referencerevision": "reference_revision_is_written_once",
    "compliance_registerlookup": "register_lookup_is_written_once",
    "compliance_requirementrevision": "requirement_revision_is_written_once",
    "inspections_asidestep": "aside_step_is_written_once",
    "inspections_baseline": "baseline_is_written_once",
    "inspections_countersignature": "countersignature_is_written_once",
    "inspections_disposition": "disposition_is_written_once",
    "inspections_doubtflag": "doubt_is_written_once",
    "inspections_finding": "finding_is_written_once",
    "inspections_gaugestudy": "gauge_study_is_written_once",
    "inspections_holdresponse": "answer_is_written_once",
    "inspections_margininputs": "margin_inputs_are_written_once",
    "inspections_pilotcarryover": "pilot_carry_over_is_written_once",
    "inspections_pilotword": "pilot_word_is_written_once",
    "inspections_recorder": "recorder_is_written_once",
    "inspections_reinspectionorder": "reinspection_order_is_written_once",
    "inspections_reversal": "reversal_is_written_once",
    "inspections_samplerecorder": "sample_recorder_is_written_once",
    "inspections_shipment": "shipment_is_written_once",
    "inspections_switchingstep": "switching_step_is_written_once",
}
NEVER_DELETED = {
    "compliance_evidence": "evidence_is_never_deleted",
    "compliance_loosening": "loosening_is_never_deleted",
    "compliance_waiver": "waiver_is_never_deleted",
    "inspections_drift": "drift_is_never_rewritten",
    "inspections_furthercheck": "further_check_is_never_deleted",
    "inspections_hold": "hold_is_never_deleted",
    "inspections_inspection": "inspection_is_frozen",
    "inspections_marketreturn": "market_return_is_written_once",
    "inspections_pilotrun": "pilot_run_is_never_deleted",
    "inspections_pilotunit": "pilot_unit_is_never_deleted",
    "inspections_proposal": "proposal_is_decided_once",
    "inspections_result": "result_is_frozen_with_its_inspection",
    "inspections_sample": "sample_is_never_deleted",
    "inspections_typingerror": "typing_error_is_written_once",
    "inspections_versioncount": "version_count_goes_up",
}


class Insert(NamedTuple):
    table: str
    values: dict[str, Any]


class Update(NamedTuple):
    table: str
    values: dict[str, Any]


class Delete(NamedTuple):
    table: str


class Case(NamedTuple):
    """`statement` is refused by `rule` where `there` is; `at_commit` is the trigger that waits for it."""

    rule: str
    there: list[Insert]
    statement: Insert | Update | Delete
    at_commit: str = ""


def gate(**values: Any) -> Insert:
    return Insert("compliance_gate", {"listing_id": ONE, "state": "open", "live": "never"} | values)


def item(**values: Any) -> Insert:
    return Insert("compliance_checklistitem", {"listing_id": ONE, "requirement_id": ONE} | values)


def paper(**values: Any) -> Insert:
    return Insert("compliance_evidence", {"requirement_id": ONE, "document_id": ONE} | values)


DOCUMENT = Insert("compliance_document", {"uploaded_by_id": WHO, "supplier_id": ONE})
LIVE_DECISION = Insert("compliance_golivedecision", {"listing_id": ONE, "on": SOME_DAY, "decided_at": SOME_DAY})
LOOSENING = {"asked_by_id": WHO, "decided_by_id": OTHER, "changed_by": [], "state": "signed"}
RUN = Insert("inspections_pilotrun", {"status": "planned", "size": 20, "product_id": ONE})
WAIVER = {"listing_id": ONE, "requirement_id": ONE}

CASES = [
    # R4
    Case("go_live_needs_an_open_gate", [gate(state="closed")], LIVE_DECISION),
    Case("go_live_needs_an_open_gate", [], LIVE_DECISION),
    Case("go_live_is_decided_once_at_a_time", [gate(live="live")], LIVE_DECISION),
    Case("go_live_needs_a_gate_of_now", [gate(next_change_at=SOME_DAY, planned_on=SOME_DAY)], LIVE_DECISION),
    Case("go_live_needs_a_gate_of_that_day", [gate(planned_on="2026-12-24")], LIVE_DECISION),
    Case("live_only_by_a_new_decision", [gate(live="suspended")], Update("compliance_gate", {"live": "live"})),
    Case("gate_keeps_its_decision", [gate(live="live")], Update("compliance_gate", {"live": "never"})),
    Case("gate_keeps_its_decision", [gate()], Update("compliance_gate", {"listing_id": OTHER})),
    Case(
        "checklist_item_is_accepted_on_accepted_evidence",
        [paper(state="submitted"), Insert("compliance_evidencelisting", {"evidence_id": ONE, "listing_id": ONE})],
        item(state="accepted", evidence_id=ONE),
        "checklist_item_rests_on_a_record",
    ),
    Case(  # a paper of another listing
        "checklist_item_is_accepted_on_accepted_evidence",
        [paper(state="accepted"), Insert("compliance_evidencelisting", {"evidence_id": ONE, "listing_id": OTHER})],
        item(state="accepted", evidence_id=ONE),
        "checklist_item_rests_on_a_record",
    ),
    Case(
        "checklist_item_is_waived_by_a_signed_waiver",
        [Insert("compliance_waiver", WAIVER | {"state": "requested"})],
        item(state="waived", waiver_id=ONE),
        "checklist_item_rests_on_a_record",
    ),
    Case(
        "checklist_item_is_accepted_on_accepted_evidence",
        [paper(state="accepted"), item(state="accepted", evidence_id=ONE)],
        Update("compliance_evidence", {"state": "revoked"}),
        "no_item_rests_on_revoked_evidence",
    ),
    Case(
        "checklist_item_is_waived_by_a_signed_waiver",
        [Insert("compliance_waiver", WAIVER | {"state": "signed"}), item(state="waived", waiver_id=ONE)],
        Update("compliance_waiver", {"state": "ended"}),
        "no_item_rests_on_an_ended_waiver",
    ),
    Case(
        "checklist_item_goes_by_a_second_signature",
        [gate(live="live"), item(is_blocking=True)],
        Delete("compliance_checklistitem"),
    ),
    Case(
        "checklist_item_goes_by_a_second_signature",
        [
            gate(live="suspended"),
            item(is_blocking=True, loosening_id=ONE),
            Insert("compliance_loosening", LOOSENING | {"state": "waiting"}),
        ],
        Update("compliance_checklistitem", {"is_blocking": False}),
    ),
    Case(
        "checklist_item_goes_by_a_second_signature",
        [gate(planned_on=SOME_DAY), item(is_blocking=True)],
        Update("compliance_checklistitem", {"group": "either"}),
    ),
    Case(
        "listing_keeps_its_product_and_market",
        [Insert("suppliers_listing", {"product_id": ONE, "market_id": ONE})],
        Update("suppliers_listing", {"market_id": OTHER}),
    ),
    Case(
        "loosening_is_signed_by_another",
        [],
        Insert("compliance_loosening", LOOSENING | {"asked_by_id": OTHER}),
    ),
    Case(
        "loosening_is_signed_by_another",
        [],
        Insert("compliance_loosening", LOOSENING | {"changed_by": [WHO, OTHER]}),
    ),
    Case(
        "loosening_is_frozen_once_decided",
        [Insert("compliance_loosening", LOOSENING)],
        Update("compliance_loosening", {"state": "waiting"}),
    ),
    Case(
        "loosening_is_frozen_once_decided",
        [Insert("compliance_loosening", LOOSENING | {"state": "waiting", "changed_by": [WHO]})],
        Update("compliance_loosening", {"changed_by": []}),
    ),
    # Papers and waivers
    Case("evidence_is_accepted_after_it_was_examined", [], paper(state="accepted")),
    Case(
        "evidence_is_accepted_against_no_finding",
        [
            Insert("compliance_examination", {"evidence_id": ONE}),
            Insert("compliance_finding", {"evidence_id": ONE, "is_current": True, "weight": "block", "state": "open"}),
        ],
        paper(state="accepted"),
    ),
    Case(
        "finding_is_not_rewritten",
        [Insert("compliance_finding", {"weight": "block"})],
        Update("compliance_finding", {"weight": "note"}),
    ),
    Case(
        "finding_stays_once_decided",
        [Insert("compliance_finding", {"state": "overruled"})],
        Delete("compliance_finding"),
    ),
    Case(
        "evidence_is_checked_by_another_than_its_uploader",
        [DOCUMENT, paper(state="submitted")],
        Update("compliance_evidence", {"checked_by_id": WHO}),
    ),
    Case(
        "evidence_is_accepted_by_another_than_its_uploader",
        [DOCUMENT, paper(state="submitted")],
        Update("compliance_evidence", {"accepted_by_id": WHO}),
    ),
    Case(
        "evidence_is_frozen_once_checked",
        [paper(state="revoked")],
        Update("compliance_evidence", {"state": "submitted"}),
    ),
    Case(
        "evidence_is_frozen_once_checked",
        [paper(state="accepted")],
        Update("compliance_evidence", {"state": "submitted", "reopened_at": SOME_DAY}),
    ),
    Case(
        "evidence_is_of_the_product_s_supplier",
        [
            DOCUMENT,
            paper(state="submitted"),
            Insert("suppliers_listing", {"product_id": ONE}),
            Insert("suppliers_product", {"supplier_id": OTHER}),
        ],
        Insert("compliance_evidencelisting", {"evidence_id": ONE, "listing_id": ONE}),
    ),
    Case(
        "evidence_names_the_same_listings_once_checked",
        [paper(state="accepted"), Insert("compliance_evidencelisting", {"evidence_id": ONE, "listing_id": ONE})],
        Delete("compliance_evidencelisting"),
    ),
    Case("document_keeps_who_uploaded_it", [DOCUMENT], Update("compliance_document", {"uploaded_by_id": OTHER})),
    Case(
        "waiver_covers_no_ban",
        [Insert("compliance_requirement", {"is_ban": True})],
        Insert("compliance_waiver", WAIVER | {"state": "requested"}),
    ),
    Case(
        "waiver_is_frozen_once_requested",
        [Insert("compliance_waiver", WAIVER | {"state": "requested"})],
        Update("compliance_waiver", {"expires_on": "2027-01-01"}),
    ),
    Case(
        "waiver_is_frozen_once_requested",
        [Insert("compliance_waiver", WAIVER | {"state": "ended"})],
        Update("compliance_waiver", {"state": "signed"}),
    ),
    # R6
    Case(
        "requirement_change_is_a_revision",
        [Insert("compliance_requirement", {"revision": 1})],
        Update("compliance_requirement", {"is_ban": True}),
    ),
    Case(
        "requirement_revision_is_kept",
        [],
        Insert("compliance_requirement", {"revision": 1}),
        "requirement_revision_is_kept",
    ),
    Case(
        "requirement_revision_is_kept",
        [Insert("compliance_requirement", {"revision": 1})],
        Update("compliance_requirement", {"revision": 2, "is_ban": True}),
        "requirement_revision_is_kept",
    ),
    Case(
        "reference_entry_has_a_history",
        [Insert("compliance_referencerevision", {"entry_id": ONE, "number": 1})],
        Insert("compliance_referenceentry", {"revision": 2}),
        "reference_entry_has_a_history",
    ),
    Case(
        "reference_entry_has_a_history",
        [
            Insert("compliance_referenceentry", {"revision": 1, "key": "was"}),
            Insert("compliance_referencerevision", {"entry_id": ONE, "number": 1}),
        ],
        Update("compliance_referenceentry", {"key": "is"}),
        "reference_entry_has_a_history",
    ),
    Case("drift_is_never_rewritten", [Insert("inspections_drift", {})], Update("inspections_drift", {"code": "LOOK"})),
    Case(
        "drift_is_never_rewritten",
        [Insert("inspections_drift", {"ended_at": SOME_DAY})],
        Update("inspections_drift", {"ended_at": None}),
    ),
    Case(
        "market_return_comes_from_a_batch_of_its_product",
        [Insert("inspections_batch", {"product_id": OTHER})],
        Insert("inspections_marketreturn", {"product_id": ONE, "batch_id": ONE}),
    ),
    Case(
        "market_return_is_written_once",
        [Insert("inspections_marketreturn", {"revision": 1})],
        Update("inspections_marketreturn", {"ordinal": 2}),
    ),
    Case("complaints_are_known_points", [], Insert("inspections_marketreturn", {"complaints": ["no such point"]})),
    Case("complaints_are_known_points", [], Insert("inspections_pilotlate", {"complaints": ["no such point"]})),
    Case("complaints_are_known_points", [], Insert("inspections_catch", {"complaint": "no such point"})),
    Case(
        "proposal_is_decided_once",
        [Insert("inspections_proposal", {"status": "dismissed"})],
        Update("inspections_proposal", {"status": "open"}),
    ),
    Case(
        "proposal_is_decided_once",
        [Insert("inspections_proposal", {"status": "accepted", "decided_by_id": WHO})],
        Update("inspections_proposal", {"decided_by_id": OTHER}),
    ),
    # What belongs together
    Case(
        "batch_code_is_of_the_batchs_product",
        [Insert("inspections_batch", {"product_id": OTHER})],
        Insert("inspections_batchcode", {"product_id": ONE, "batch_id": ONE}),
    ),
    Case("pilot_run_has_all_its_units", [RUN], Update("inspections_pilotrun", {"status": "running"})),
    Case(
        "inspection_keeps_why_it_is_tightened",
        [Insert("inspections_inspection", {"status": "open"})],
        Update("inspections_inspection", {"tightened_for_id": ONE}),
    ),
    Case(
        "disposition_is_signed_by_another_than_who_found",
        [Insert("inspections_finding", {"hold_id": ONE, "found_by_id": WHO})],
        Insert("inspections_disposition", {"hold_id": ONE, "decided_by_id": WHO, "quantity": 5}),
    ),
    Case(
        "typing_error_is_of_what_holds",
        [Insert("inspections_inspection", {"inspector_id": WHO, "status": "open", "hold_id": ONE})],
        Insert("inspections_typingerror", {"named_by_id": WHO, "inspection_id": ONE, "hold_id": ONE}),
    ),
    Case(
        "late_finding_sets_aside_what_it_found",
        [Insert("inspections_batch", {"available": 10})],
        Insert(
            "inspections_finding",
            {"batch_id": ONE, "late": True, "nonconformity_class": "major", "nonconforming": 3, "set_aside": 2},
        ),
    ),
    Case(
        "batch_sets_aside_what_was_found",
        [Insert("inspections_batch", {"available": 10, "set_aside": 0})],
        Insert(
            "inspections_finding",
            {"batch_id": ONE, "late": True, "nonconformity_class": "major", "nonconforming": 3, "set_aside": 3},
        ),
        "finding_takes_what_it_sets_aside",
    ),
]

# Of one row: with these it is good, and with those changed the constraint alone refuses it.
CHECKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aside_step_has_a_note": ({"note": "sorted"}, {"note": ""}),
    "aside_step_is_not_empty": ({}, {"quantity": 0}),
    "batch_quantity_is_sensible": ({}, {"quantity": 0}),
    "characteristic_is_judged_in_one_way_of_its_own": ({"sampling": '{"n": 5}'}, {"variables": "{}"}),
    "characteristic_is_measured_exactly_when_it_has_a_limit": ({}, {"is_measured": True}),
    "characteristic_limits_are_in_order": ({"lower": 1, "upper": 1}, {"lower": 2}),
    "checklist_item_is_accepted_on_evidence": ({}, {"state": "accepted"}),
    "checklist_item_is_waived_by_a_waiver": ({}, {"state": "waived"}),
    "disposition_expires_exactly_when_on_deviation": ({"kind": "release"}, {"kind": "accept_on_deviation"}),
    "disposition_frees_no_more_than_it_decides": ({"quantity": 5, "freed": 5}, {"freed": 6}),
    "disposition_frees_what_its_kind_allows": ({"kind": "rework", "freed": 0}, {"freed": 1}),
    "disposition_has_a_reason": ({"reason": "sorted"}, {"reason": ""}),
    "drift_is_ended_exactly_when_someone_said_why": ({"note": ""}, {"ended_at": SOME_DAY}),
    "evidence_ends_after_it_begins": ({"valid_from": SOME_DAY, "valid_to": SOME_DAY}, {"valid_to": "2026-10-31"}),
    "evidence_is_accepted_by_a_named_person": ({}, {"accepted_at": SOME_DAY}),
    "evidence_is_accepted_by_another_than_its_uploader": ({"submitted_by_id": WHO}, {"accepted_by_id": WHO}),
    "evidence_is_checked_by_a_named_person": ({}, {"checked_at": SOME_DAY}),
    "evidence_is_checked_by_another_than_its_uploader": ({"submitted_by_id": WHO}, {"checked_by_id": WHO}),
    "evidence_is_ended_by_a_named_person": ({}, {"ended_at": SOME_DAY}),
    "evidence_is_in_the_state_that_its_dates_tell": ({"state": "submitted"}, {"state": "accepted"}),
    "evidence_that_blocks_is_seen_by_two_people": (
        {"is_blocking": True, "checked_by_id": WHO, "accepted_by_id": OTHER},
        {"checked_by_id": OTHER},
    ),
    "finding_is_decided_exactly_when_someone_decided_it": ({"state": "open"}, {"state": "overruled"}),
    "finding_is_of_a_unit_at_least": ({}, {"nonconforming": 0}),
    "finding_is_overruled_with_a_reason": ({"state": "overruled", "reason": "read"}, {"reason": ""}),
    "finding_is_seen_on_a_page_where_it_was_not_found": ({}, {"seen_on": 1}),
    "finding_of_a_ban_is_not_overruled": ({"is_ban": True}, {"state": "overruled"}),
    "finding_says_what_was_found": ({"note": "scratched"}, {"note": ""}),
    "finding_sets_aside_what_it_found": ({"nonconforming": 1, "set_aside": 1}, {"set_aside": 2}),
    "finding_that_holds_is_critical": ({"nonconformity_class": "major"}, {"hold_id": ONE}),
    "further_check_is_signed_by_a_second_person": (
        {"recorded_by_id": WHO, "signed_by_id": OTHER, "signed_at": SOME_DAY, "signature": "password"},
        {"signed_by_id": WHO},
    ),
    "gate_is_open_only_without_unmet_checks": ({"state": "open"}, {"unmet": ["papers"]}),
    "gate_of_a_live_listing_is_open": ({"state": "closed"}, {"live": "live"}),
    "gate_was_live_only_by_a_decision": ({"live": "never"}, {"live": "suspended"}),
    "hold_covers_no_more_than_it_held": ({"quantity": 5, "remaining": 5, "sorted_out": 0}, {"remaining": 6}),
    "hold_for_a_critical_is_critical": ({}, {"reason": "critical"}),
    "hold_is_ended_exactly_when_someone_ended_it": ({"status": "open"}, {"status": "ended"}),
    "hold_that_is_open_covers_something": ({"status": "open"}, {"remaining": 0}),
    "hold_waits_for_a_countersignature_while_it_is_open": (
        {"status": "open", "is_critical": True, "to_countersign_id": ONE},
        {"status": "ended"},
    ),
    "import_is_applied_by_someone": ({"status": "checking"}, {"status": "applying"}),
    "import_with_errors_is_refused": ({"errors": "[]"}, {"errors": '["row 3"]'}),
    "inspection_has_a_verdict_exactly_when_submitted": ({"status": "open"}, {"verdict": "accepted"}),
    "inspection_is_invalid_only_when_abandoned": ({}, {"is_invalid": True}),
    "inspection_that_is_rejected_has_a_hold": ({"verdict": "rejected", "hold_id": ONE}, {"hold_id": None}),
    "loosening_is_decided_exactly_when_someone_decided_it": ({"state": "waiting"}, {"state": "signed"}),
    "loosening_is_signed_with_a_signature": ({"state": "signed", "signature": "password"}, {"signature": ""}),
    "market_return_has_a_batch_exactly_when_found": ({"found_by": "unknown"}, {"found_by": "stated"}),
    "market_return_is_withdrawn_by_someone_for_a_reason": ({}, {"withdrawn_at": SOME_DAY}),
    "pilot_carry_over_has_a_reason": ({"reason": "same"}, {"reason": ""}),
    "pilot_late_outcome_is_a_bad_one": ({"outcome": "returned"}, {"outcome": "ok"}),
    "pilot_run_has_a_verdict_exactly_when_concluded": ({"status": "running"}, {"verdict": "pass"}),
    "pilot_run_has_the_times_of_its_status": ({"status": "planned"}, {"status": "running"}),
    "pilot_run_is_compared_with_a_golden_sample": ({"status": "running", "sample_id": ONE}, {"sample_id": None}),
    "pilot_word_has_a_reason": ({"reason": "mended"}, {"reason": ""}),
    "product_trait_is_answered_exactly_when_someone_answered_it": ({}, {"answer": False}),
    "product_trait_is_asked_by_a_named_person": ({}, {"asked_at": SOME_DAY}),
    "product_trait_is_said_by_a_named_person": ({}, {"supplier_says": True}),
    "proposal_is_decided_by_someone_for_a_reason": ({"status": "open"}, {"status": "dismissed"}),
    "proposed_change_is_applied_by_another_than_asked": (
        {"status": "applied", "asked_by_id": WHO, "decided_by_id": OTHER},
        {"decided_by_id": WHO},
    ),
    "proposed_change_is_decided_exactly_when_someone_decided_it": ({"status": "open"}, {"status": "applied"}),
    "reference_entry_is_confirmed_by_a_named_person": ({}, {"confirmed_at": SOME_DAY}),
    "reference_is_changed_by_a_named_person": ({"source": "file"}, {"source": "person"}),
    "reinspection_order_has_a_reason": ({"reason": "told"}, {"reason": ""}),
    "requirement_is_changed_by_a_named_person": ({"source": "file"}, {"source": "person"}),
    "requirement_is_confirmed_by_a_named_person": ({}, {"confirmed_at": SOME_DAY}),
    "result_counts_the_units_it_names": ({"nonconforming": 1, "nonconforming_units": [3]}, {"nonconforming": 2}),
    "result_has_a_nonconformity_per_bad_unit": ({"nonconforming": 2, "nonconformities": 2}, {"nonconformities": 1}),
    "reversal_has_a_reason": ({"reason": "typed"}, {"reason": ""}),
    "sample_is_checked_exactly_when_someone_checked_it": ({"status": "received"}, {"status": "checked"}),
    "shipment_is_not_empty": ({}, {"quantity": 0}),
    "specification_is_a_draft_until_someone_activates_it": ({"status": "draft"}, {"status": "active"}),
    "typing_error_is_another_reading": ({"typed": 1, "read": 2}, {"read": 1}),
    "typing_error_is_refused_with_a_reason_or_not_at_all": ({}, {"refused_at": SOME_DAY}),
    "waiver_has_a_reason_and_a_limit": ({"reason": "told", "limit": "50"}, {"limit": ""}),
    "waiver_is_ended_by_a_named_person": ({}, {"ended_at": SOME_DAY}),
    "waiver_is_in_the_state_that_its_dates_tell": ({"state": "requested"}, {"state": "signed"}),
    "waiver_is_signed_by_a_named_person": ({}, {"signed_at": SOME_DAY}),
    "waiver_is_signed_by_two_people": ({"requested_by_id": WHO, "signed_by_id": OTHER}, {"signed_by_id": WHO}),
}

# There is one such row; the second differs in what is said, and is refused all the same.
ONCE: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "checklist_item_is_once_per_listing": ("compliance_checklistitem", {}, {}),
    "drift_is_open_once_per_characteristic": ("inspections_drift", {}, {}),
    "evidence_names_a_listing_once": ("compliance_evidencelisting", {}, {}),
    "further_check_is_once_per_characteristic": ("inspections_furthercheck", {}, {}),
    "hold_is_open_once_per_batch": ("inspections_hold", {"status": "open"}, {"ordinal": 2}),
    "hold_ordinal_is_once_per_batch": ("inspections_hold", {"status": "ended"}, {"status": "open"}),
    "inspection_is_open_once_per_batch": ("inspections_inspection", {"status": "open"}, {"round": 2}),
    "inspection_round_is_once_per_batch": ("inspections_inspection", {"status": "submitted"}, {"status": "open"}),
    "market_return_is_once_per_source": ("inspections_marketreturn", {}, {}),
    "pilot_carry_over_is_signed_once": ("inspections_pilotcarryover", {}, {}),
    "product_trait_is_once_per_product": ("compliance_producttrait", {}, {}),
    "proposal_is_open_once_per_subject": ("inspections_proposal", {"status": "open"}, {}),
    "recorder_is_once_per_inspection": ("inspections_recorder", {}, {}),
    "recorder_is_once_per_sample": ("inspections_samplerecorder", {}, {}),
    "reference_revision_is_numbered_once": ("compliance_referencerevision", {}, {}),
    "requirement_revision_is_numbered_once": ("compliance_requirementrevision", {}, {}),
    "result_is_once_per_characteristic": ("inspections_result", {}, {}),
    "sample_is_undecided_once_per_product": ("inspections_sample", {"status": "received"}, {"round": 2}),
    "sample_version_is_once_per_product": ("inspections_sample", {"version": 1}, {"round": 2}),
    "specification_is_active_once_per_product": ("inspections_specification", {"status": "active"}, {"version": 2}),
    "specification_is_drafted_once_per_product": ("inspections_specification", {"status": "draft"}, {"version": 2}),
    "specification_version_is_once_per_product": (
        "inspections_specification",
        {"status": "retired"},
        {"status": "active"},
    ),
    "waiver_is_one_at_a_time": ("compliance_waiver", {"state": "signed"}, {"state": "requested"}),
}

KEYS = {"compliance_gate": "listing_id", "inspections_versioncount": "product_id"}
PLAIN = {
    "ARRAY": [],
    "boolean": False,
    "bytea": b"",
    "character varying": "",
    "date": SOME_DAY,
    "double precision": 0,
    "inet": "127.0.0.1",
    "jsonb": "{}",
    "numeric": 1,
    "text": "",
    "timestamp with time zone": SOME_DAY,
    "uuid": "00000000-0000-0000-0000-000000000000",
}


@pytest.fixture
def checks(db) -> dict[str, tuple[str, str]]:
    """The table and the definition of each CHECK."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, relname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'c' AND connamespace = 'public'::regnamespace"
        )
        return {name: (table, definition) for name, table, definition in cursor.fetchall()}


@pytest.fixture
def columns(checks) -> dict[str, dict[str, Any]]:
    """What each table must have, with a value that says nothing; CHECKs and foreign keys are gone until the test is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', relname, conname) FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype IN ('c', 'f') AND connamespace = 'public'::regnamespace"
        )
        cursor.execute("; ".join(line for (line,) in cursor.fetchall()))
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
            "AND is_nullable = 'NO' AND is_generated = 'NEVER' AND column_default IS NULL"
        )
        plain: dict[str, dict[str, Any]] = {}
        for table, column, kind in cursor.fetchall():
            plain.setdefault(table, {})[column] = PLAIN.get(kind, ONE)
    return plain


def carry_out(statement: Insert | Update | Delete, columns: dict[str, dict[str, Any]]) -> None:
    table = sql.Identifier(statement.table)
    values = {} if isinstance(statement, Delete) else statement.values
    if isinstance(statement, Insert):
        values = columns[statement.table] | values
        line = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            table,
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        )
    elif isinstance(statement, Update):
        changes = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values]
        line = sql.SQL("UPDATE {} SET {}").format(table, sql.SQL(", ").join(changes))
    else:
        line = sql.SQL("DELETE FROM {}").format(table)
    if not isinstance(statement, Insert):
        key = sql.Identifier(KEYS.get(statement.table, "id"))
        line = sql.SQL("{} WHERE {} = {}").format(line, key, ONE)
    with connection.cursor() as cursor:
        cursor.execute(line, list(values.values()))


def refused_by(case: Case, columns: dict[str, dict[str, Any]]) -> str | None:
    """The rule that refuses the statement of the case; none, where nothing does."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for row in case.there:
                    table = sql.Identifier(row.table)
                    cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
                    carry_out(row, columns)
                    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
            try:
                carry_out(case.statement, columns)
                if case.at_commit:
                    with connection.cursor() as cursor:
                        cursor.execute(sql.SQL("SET CONSTRAINTS {} IMMEDIATE").format(sql.Identifier(case.at_commit)))
            finally:
                transaction.set_rollback(True)
    except Error as refusal:
        diagnosis = refusal.__cause__.diag
        once = (
            f"{type(case.statement).__name__.upper()} of {case.statement.table} is refused: these rows are written once"
        )
        return diagnosis.constraint_name or (case.rule if diagnosis.message_primary == once else str(refusal))
    return None


def test_each_rule_refuses_by_itself_what_breaks_it(columns):
    refused = [(case, refused_by(case, columns)) for case in CASES]

    assert [(case.rule, by, case.statement) for case, by in refused if by != case.rule] == []


def test_what_is_written_once_is_neither_changed_nor_deleted(columns):
    statements = [
        Case(rule, [Insert(table, {})], statement)
        for table, rule in WRITTEN_ONCE.items()
        for statement in (Update(table, {"id": OTHER}), Delete(table))
    ]
    statements += [Case(rule, [Insert(table, {})], Delete(table)) for table, rule in NEVER_DELETED.items()]
    refused = [(case, refused_by(case, columns)) for case in statements]

    assert [(case.rule, by, case.statement) for case, by in refused if by != case.rule] == []


def refused_alone(name: str, checks: dict[str, tuple[str, str]], columns: dict[str, dict[str, Any]]) -> str | None:
    """What refuses the bad row, where this CHECK stands alone on its table and has taken the good one."""
    good, changed = CHECKS[name]
    table, definition = checks[name]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER; DELETE FROM "{table}"')
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
            carry_out(Insert(table, good), columns)
            cursor.execute(f'DELETE FROM "{table}"')
        refused = refused_by(Case(name, [], Insert(table, good | changed)), columns)
        transaction.set_rollback(True)
    return refused


def test_a_row_that_breaks_one_constraint_is_refused_for_it(checks, columns):
    refused = {name: refused_alone(name, checks, columns) for name in CHECKS}

    assert {name: by for name, by in refused.items() if by != name} == {}


def test_what_there_is_once_is_not_made_again(columns):
    refused = {}
    for name, (table, first, changed) in ONCE.items():
        other = {"id": OTHER, "uid": "11111111-0000-0000-0000-000000000000"}
        second = first | changed | {column: value for column, value in other.items() if column in columns[table]}
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            carry_out(Insert(table, first), columns)
            refused[name] = refused_by(Case(name, [], Insert(table, second)), columns)
            transaction.set_rollback(True)

    assert {name: by for name, by in refused.items() if by != name} == {}
