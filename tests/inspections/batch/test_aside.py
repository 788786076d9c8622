"""Units that an inspection found nonconforming while it accepted the batch: set aside, and what becomes of them (R2)."""

from dataclasses import replace

import pytest
from django.db import Error, connection, transaction
from django.db.models import F

from accounts.roles import Role
from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from inspections.batch.services.aside import (
    BatchNotAccepted,
    BatchOnHold,
    InspectorMayNotSign,
    NothingSetAside,
    settle_set_aside,
)
from inspections.batch.services.shipments import BatchNotShippable, ship, shippable, take_back
from inspections.hold.services.holds import Decision, decide_hold, place_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import AsideStep, AsideStepKind, Batch
from tests.factories import (
    CORD,
    KETTLE,
    LEAK,
    LID,
    NOON,
    SCHEME,
    after,
    answer_hold,
    inspect,
    make_batch,
    make_product,
    make_specification,
    make_user,
    results_for,
)

pytestmark = pytest.mark.django_db


def quantities(batch: Batch) -> dict[str, int]:
    """Where units are, without the places that have none."""
    batch.refresh_from_db()
    return {place: n for place, n in batch.quantities.items() if n and place != "total"}


class TestAcceptance:
    def test_sets_the_nonconforming_units_of_the_sample_aside(self, batch, inspector):
        inspection = inspect(batch, actor=inspector, LID=[3, 8], CORD=[8, 9], PRINT=[40])

        assert quantities(batch) == {"available": 996, "set_aside": 4}  # unit 8 counts once
        assert (inspection.set_aside, batch.state) == (4, "accepted")
        event = Event.objects.get(kind="units.set_aside")
        assert (event.data["quantity"], event.data["inspection"]) == (4, str(inspection.uid))

    def test_of_a_batch_without_them_sets_nothing_aside(self, batch, inspector):
        inspect(batch, actor=inspector)

        assert quantities(batch) == {"available": 1000}
        assert not Event.objects.filter(kind="units.set_aside").exists()

    def test_check_by_check_does_the_same(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in results_for(batch, LID=[3], PRINT=[3, 5]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)
        submit_inspection(inspection=inspection, actor=inspector, at=after(1))

        assert quantities(batch) == {"available": 998, "set_aside": 2}

    @pytest.mark.parametrize(
        ("lid", "print_", "aside"),
        [
            ({"nonconforming": 3}, {"nonconforming": 2}, 5),  # nobody knows whether they are the same units
            ({"nonconforming": 3}, {"nonconforming_units": [1, 2]}, 5),
            ({"nonconforming": 0}, {"nonconforming_units": [1, 2]}, 2),
        ],
    )
    def test_counts_without_unit_numbers_are_taken_as_different_units(self, batch, inspector, lid, print_, aside):
        sent = {"LID": lid, "PRINT": print_}
        results = [ResultInput(r.characteristic, **sent[r.characteristic]) if r.characteristic in sent else r
                   for r in results_for(batch)]  # fmt: skip
        record_inspection(batch=batch.number, results=results, submit=True, actor=inspector, at=NOON)

        assert quantities(batch) == {"available": 1000 - aside, "set_aside": aside}

    def test_at_a_further_sample_counts_all_samples(self, inspector):
        product = make_product()
        make_specification(
            product,
            [LEAK, LID],
            scheme={"standard": "ansi-z1.4", "level": "II", "kind": "double", "aql": {"major": "2.5"}},
        )
        batch = make_batch(product=product)
        inspection = inspect(batch, actor=inspector, LID=[1, 2, 3])
        assert inspection.verdict is None
        for sent in results_for(batch, LID=[1, 2, 3, 60]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)
        submit_inspection(inspection=inspection, actor=inspector, at=after(1))

        assert quantities(batch) == {"available": 996, "set_aside": 4}

    def test_units_beyond_a_limit_that_is_judged_by_variables_count(self, inspector):
        product = make_product()
        make_specification(product, [replace(CORD, variables={"aql": "10", "level": "II", "form": 2})])
        batch = make_batch(product=product)
        n = plan_inspection(batch=batch, actor=inspector, at=NOON).sample_size
        readings = ["80.5", *["74", "76"] * n][:n]
        [inspection] = batch.inspections.all()
        sent = ResultInput("CORD", readings=readings)
        record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)
        inspection = submit_inspection(inspection=inspection, actor=inspector, at=after(1))

        assert (inspection.verdict, inspection.variables_tally["CORD"]["nonconforming"]) == ("accepted", 1)
        assert quantities(batch) == {"available": 999, "set_aside": 1}

    @pytest.mark.parametrize(
        ("scheme", "bad", "aside"),
        [
            ({"kind": "all", "acceptance": {"minor": 20}}, range(1, 16), 15),
            ({"kind": "percentage", "percent": "10", "acceptance": {"minor": 2}}, [2, 4], 2),
            ({"kind": "fixed", "n": 20, "acceptance": {"minor": 2}}, [20], 1),
        ],
    )
    def test_of_every_kind_of_plan_does(self, inspector, scheme, bad, aside):
        product = make_product()
        make_specification(product, KETTLE, scheme=scheme)
        batch = make_batch(product=product, quantity=200)
        inspect(batch, actor=inspector, PRINT=list(bad))

        assert quantities(batch) == {"available": 200 - aside, "set_aside": aside}

    def test_on_a_plan_that_allows_something_critical_leaves_it_to_who_decides_the_hold(self, inspector, manager):
        product = make_product()
        scheme = SCHEME | {"aql": {"critical": "1.0", "major": "2.5", "minor": "4.0"}}
        make_specification(product, KETTLE, scheme=scheme)
        batch = make_batch(product=product)
        inspection = inspect(batch, actor=inspector, LEAK=[3], PRINT=[3, 4])

        hold = batch.holds.get()
        assert (inspection.verdict, quantities(batch), hold.sorted_out) == ("accepted", {"on_hold": 1000}, 2)

    def test_of_a_re_inspection_after_sorting_counts_no_unit_twice(self, batch, inspector, manager):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6, 7])
        hold = batch.holds.get()
        decide_hold(
            hold=hold, decision=Decision("sort", 100, "Sorted", good=93), signature="token", actor=manager, at=after(1)
        )
        inspect(batch, actor=inspector, at=after(2), LID=[4])

        assert quantities(batch) == {"available": 992, "on_hold": 7, "set_aside": 1}
        hold.refresh_from_db()
        assert (hold.remaining, hold.sorted_out) == (7, 7)

    def test_that_ends_no_hold_marks_its_units_there_as_bad(self, batch, inspector, manager):
        """Stopped by hand while the inspection was under way: a person decides, and not to release what is known to be bad."""
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        hold = place_hold(batch=batch, note="Wet cartons", actor=inspector, at=after(1))
        for sent in results_for(batch, LID=[3, 9]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(2))
        submit_inspection(inspection=inspection, actor=inspector, at=after(3))

        hold.refresh_from_db()
        assert quantities(batch) == {"on_hold": 1000}
        assert hold.sorted_out == 2
        with pytest.raises(InvalidInput, match="998"):
            decide_hold(
                hold=hold, decision=Decision("release", 1000, "Dry"), signature="token", actor=manager, at=after(4)
            )

    def test_of_fewer_units_than_it_found_leaves_none_to_ship(self, batch, inspector, manager):
        """The manager returned nearly all of them while the inspection was under way."""
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
        inspection = plan_inspection(batch=batch, actor=inspector, at=after(1))
        hold = batch.holds.get()
        decide_hold(hold=hold, decision=Decision("return", 999, "Back"), signature="token", actor=manager, at=after(2))
        for sent in results_for(batch, LID=[3, 9]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(3))
        submit_inspection(inspection=inspection, actor=inspector, at=after(4))

        assert quantities(batch) == {"returned": 999, "set_aside": 1}

    def test_what_is_set_aside_does_not_ship_and_the_answer_names_it(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector, LID=[3, 8])
        batch.refresh_from_db()

        answer = shippable(batch, at=NOON)
        assert (answer.quantity, [(r.code, r.detail) for r in answer.reasons]) == (
            998,
            [("set_aside", "2 units are set aside: they were found nonconforming.")],
        )
        with pytest.raises(BatchNotShippable):
            ship(batch=batch, quantity=999, actor=merchandiser, at=after(1))
        ship(batch=batch, quantity=998, actor=merchandiser, at=after(1))
        assert quantities(batch) == {"shipped": 998, "set_aside": 2}
        assert batch.state == "accepted"  # somebody has still to settle them

    def test_a_shipment_taken_back_stays_apart_from_them(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector, LID=[3, 8])
        shipment = ship(batch=batch, quantity=998, actor=merchandiser, at=after(1))
        take_back(shipment=shipment, kind="not_left", quantity=8, reason="x", actor=merchandiser, at=after(2))

        assert quantities(batch) == {"shipped": 990, "available": 8, "set_aside": 2}


@pytest.fixture
def aside(batch, inspector) -> Batch:
    """A batch of 1,000 with five units set aside."""
    inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5])
    return batch


def settle(
    batch: Batch, kind: str, actor, *, quantity: int = 2, note: str = "As told", signature: str = "token", minutes=1
):
    return settle_set_aside(
        batch=batch, kind=kind, quantity=quantity, note=note, signature=signature, actor=actor, at=after(minutes)
    )


class TestEarlierRounds:
    """What a rejected round found is among the others until the record says what became of it."""

    @pytest.mark.parametrize(
        ("decisions", "places"),
        [
            ([], {"available": 994, "set_aside": 6}),
            ([Decision("rework", 4, "Mended")], {"available": 998, "set_aside": 2}),
            ([Decision("rework", 1000, "Mended")], {"available": 1000}),
            ([Decision("return", 5, "Back")], {"available": 994, "returned": 5, "set_aside": 1}),
            ([Decision("sort", 1000, "Sorted", good=990), Decision("scrap", 4, "Cracked")],
             {"available": 990, "on_hold": 6, "scrapped": 4}),
            ([Decision("sort", 100, "Sorted", good=98)], {"available": 994, "on_hold": 2, "set_aside": 4}),
            ([Decision("release", 100, "Seen")], {"available": 994, "set_aside": 6}),
        ],
    )  # fmt: skip
    def test_a_later_acceptance_sets_it_aside(self, batch, inspector, manager, decisions, places):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
        hold = batch.holds.get()
        for decision in decisions:
            decide_hold(hold=hold, decision=decision, signature="token", actor=manager, at=after(1))
        if batch.holds.open().filter(remaining__gt=F("sorted_out")).exists() or "rework" in str(decisions):
            inspect(batch, actor=inspector, at=after(2))

        assert quantities(batch) == places

    def test_each_round_adds_its_own_after_the_rework_of_the_one_before(self, batch, inspector, manager):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
        decide_hold(
            hold=batch.holds.get(), decision=Decision("rework", 1000, "All mended"), signature="token",
            actor=manager, at=after(1),
        )  # fmt: skip
        inspect(batch, actor=inspector, at=after(2), LID=[1, 2, 3, 4, 5, 6, 7])
        inspect(batch, actor=inspector, at=after(3), LID=[9])

        assert quantities(batch) == {"available": 992, "set_aside": 8}

    def test_who_found_it_in_an_earlier_round_lets_nothing_ship(self, batch, manager, inspector):
        inspect(batch, actor=manager, LID=[1, 2, 3, 4, 5, 6])
        inspect(batch, actor=inspector, at=after(2))

        with pytest.raises(InspectorMayNotSign):
            settle(batch, "release", manager, minutes=3)
        settle(batch, "release", make_user(Role.MANAGER), minutes=4)
        settle(batch, "replacement", inspector, quantity=4, minutes=5)

        assert quantities(batch) == {"available": 1000}


class TestSettling:
    @pytest.mark.parametrize(
        ("kind", "place", "event", "signature"),
        [
            ("replacement", "available", "units.replaced", ""),
            ("rework", "available", "units.reworked", "token"),
            ("release", "available", "units.released", "token"),
            ("return", "returned", "units.returned", ""),
            ("scrap", "scrapped", "units.scrapped", ""),
        ],
    )
    def test_moves_units_and_says_so(self, aside, manager, kind, place, event, signature):
        step = settle(aside, kind, manager)

        wanted = {"available": 995, "set_aside": 3}
        wanted[place] = wanted.get(place, 0) + 2
        assert quantities(aside) == wanted
        assert (step.place, step.signature, step.done_by, step.done_at) == (place, signature, manager, after(1))
        told = Event.objects.get(kind=event)
        assert told.data == {"step": kind, "quantity": 2, "note": "As told", "set_aside": [5, 3]}

    def test_every_kind_is_tried_above(self):
        assert len(AsideStepKind) == 5

    def test_who_inspected_replaces_but_lets_nothing_ship_as_it_is(self, aside):
        own = make_user(Role.MANAGER)
        other = make_batch(product=aside.product)
        inspect(other, actor=own, LID=[1, 2])

        for kind in ("rework", "release"):
            with pytest.raises(InspectorMayNotSign):
                settle(other, kind, own)
        settle(other, "replacement", own)

        assert quantities(other) == {"available": 1000}

    def test_who_once_saved_a_check_lets_nothing_ship_whoever_saved_it_last(self, batch, inspector, manager):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        record_result(
            inspection=inspection, sent=ResultInput("LID", nonconforming_units=[1]), actor=manager, at=NOON
        )  # fmt: skip
        for sent in results_for(batch, LID=[1, 2]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        submit_inspection(inspection=inspection, actor=inspector, at=after(2))

        with pytest.raises(InspectorMayNotSign):
            settle(batch, "release", manager, minutes=3)
        settle(batch, "release", make_user(Role.MANAGER), minutes=4)

    def test_who_has_no_right_to_it_does_nothing(self, aside, inspector, merchandiser, supplier_user):
        for actor, kinds in ((inspector, ["rework", "release", "return", "scrap"]),
                             (merchandiser, AsideStepKind.values), (supplier_user, AsideStepKind.values)):  # fmt: skip
            for kind in kinds:
                with pytest.raises(NotAllowed):
                    settle(aside, kind, actor)
        assert quantities(aside) == {"available": 995, "set_aside": 5}
        settle(aside, "replacement", inspector)

    @pytest.mark.parametrize(
        ("sent", "fields"),
        [
            ({"quantity": 0}, ["quantity"]),
            ({"quantity": 6}, ["quantity"]),
            ({"note": "  "}, ["note"]),
            ({"signature": ""}, ["password"]),
            ({"quantity": -1, "note": "", "signature": ""}, ["quantity", "note", "password"]),
            ({"kind": "eaten"}, ["kind"]),
        ],
    )
    def test_what_does_not_fit_is_named(self, aside, manager, sent, fields):
        with pytest.raises(InvalidInput) as refusal:
            settle(aside, **{"kind": "release", "actor": manager} | sent)

        assert [error.field for error in refusal.value.errors] == fields
        assert quantities(aside) == {"available": 995, "set_aside": 5}

    def test_of_nothing_is_refused(self, batch, inspector, manager):
        inspect(batch, actor=inspector)

        with pytest.raises(NothingSetAside):
            settle(batch, "replacement", manager)

    def test_on_hold_nothing_joins_what_may_ship_but_it_may_leave(self, aside, inspector, manager):
        place_hold(batch=aside, note="Wet cartons", actor=inspector, at=after(1))

        for kind in ("replacement", "rework", "release"):
            with pytest.raises(BatchOnHold):
                settle(aside, kind, make_user(Role.MANAGER), minutes=2)
        settle(aside, "scrap", manager, quantity=5, minutes=2)

        assert quantities(aside) == {"on_hold": 995, "scrapped": 5}

    def test_of_a_batch_that_is_no_longer_accepted_takes_a_signature(self, aside, inspector, manager, merchandiser):
        hold = place_hold(batch=aside, note="Wet cartons", actor=inspector, at=after(1))
        decide_hold(
            hold=hold, decision=Decision("rework", 995, "Repack"), signature="token", actor=manager, at=after(2)
        )

        with pytest.raises(BatchNotAccepted):
            settle(aside, "replacement", manager, minutes=3)
        settle(aside, "release", manager, minutes=3)
        ship(batch=aside, quantity=2, actor=merchandiser, at=after(4))

        assert quantities(aside) == {"awaiting": 995, "set_aside": 3, "shipped": 2}


def run(*statements: str, values: tuple[object, ...] | None) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values if "%s" in statement else None)


def refused(statement: str, *values: object) -> str:
    """Run one statement as a transaction of its own, up to the checks at its end; the rule that refused it."""
    with pytest.raises(Error) as refusal, transaction.atomic():
        run(statement, "SET CONSTRAINTS ALL IMMEDIATE", values=values)
    diagnosis = refusal.value.__cause__.diag
    return diagnosis.constraint_name or diagnosis.message_primary


def insert_step(batch: Batch, kind: str, place: str, quantity: int, user, signature: str = "") -> str:
    return refused(
        "INSERT INTO inspections_asidestep (uid, batch_id, kind, place, quantity, note, signature, done_at, done_by_id)"
        " VALUES (gen_random_uuid(), %s, %s, %s, %s, 'x', %s, now(), %s)",
        batch.pk, kind, place, quantity, signature, user.pk,
    )  # fmt: skip


class TestBySQL:
    def test_no_acceptance_leaves_fewer_set_aside_than_it_shows(self, batch, inspector):
        """The verdict is written round the service."""
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in results_for(batch, LID=[3, 8], PRINT=[8, 9]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)
        accept = (
            "UPDATE inspections_batch SET awaiting = 0, available = {available}, set_aside = {aside};"
            "UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{{}}',"
            " submitted_at = now(), set_aside = {said}"
        )

        rules = [
            refused(accept.format(available=1000, aside=0, said=0)),
            refused(accept.format(available=998, aside=2, said=2)),
            refused(accept.format(available=1000, aside=0, said=3)),
            refused(accept.format(available=997, aside=3, said=0)),
        ]

        assert rules == [
            "acceptance_sets_aside_what_it_found",
            "acceptance_sets_aside_what_it_found",
            "batch_sets_aside_what_was_found",
            "batch_sets_aside_what_was_found",
        ]

    def test_nor_one_that_frees_what_an_earlier_round_found(self, batch, inspector):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
        inspection = plan_inspection(batch=batch, actor=inspector, at=after(1))
        for sent in results_for(batch):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(2))
        accept = (
            "UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{{}}',"
            " submitted_at = now(), set_aside = {aside} WHERE id = {pk};"
            "UPDATE inspections_batch SET on_hold = 0, available = 1000 - {aside}, set_aside = {aside};"
            "UPDATE inspections_hold SET remaining = 0, sorted_out = 0, status = 'ended', ended_at = now(),"
            " ended_by_id = {user}, ended_by_inspection_id = {pk}"
        )

        rules = [refused(accept.format(aside=aside, pk=inspection.pk, user=inspector.pk)) for aside in (0, 5)]

        assert rules == ["acceptance_sets_aside_what_earlier_rounds_found"] * 2

    def test_nor_a_countersignature(self, batch, inspector, manager):
        inspect(batch, actor=inspector, LEAK=[3])
        hold = batch.holds.get()
        answer_hold(hold, at=after(1))
        inspect(batch, actor=inspector, at=after(2))
        run("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED", values=None)

        rule = refused(
            "UPDATE inspections_batch SET on_hold = 0, available = 1000;"
            "INSERT INTO inspections_countersignature"
            " (uid, hold_id, inspection_id, note, set_aside, signature, signed_at, signed_by_id)"
            f" SELECT gen_random_uuid(), id, to_countersign_id, '', 0, 'token', now(), {manager.pk} FROM inspections_hold;"
            "UPDATE inspections_hold SET remaining = 0, status = 'ended', ended_at = now(), to_countersign_id = NULL,"
            f" ended_by_id = {manager.pk}, ended_by_inspection_id = to_countersign_id"
        )

        assert rule == "countersignature_sets_aside_what_earlier_rounds_found"

    def test_nor_one_that_ships_all_at_once(self, batch, inspector, merchandiser):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in results_for(batch, LID=[3, 8]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=NOON)

        rule = refused(
            "UPDATE inspections_batch SET awaiting = 0, available = 1000;"
            "UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{}', submitted_at = now();"
            "INSERT INTO inspections_shipment (uid, batch_id, quantity, reference, shipped_at, shipped_by_id)"
            f" VALUES (gen_random_uuid(), {batch.pk}, 1000, '', now(), {merchandiser.pk})"
        )

        assert rule == "acceptance_sets_aside_what_it_found"

    def test_an_open_or_a_rejected_inspection_sets_nothing_aside(self, batch, inspector):
        plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert (
            refused("UPDATE inspections_inspection SET set_aside = 1") == "inspection_sets_aside_only_what_it_accepts"
        )

    def test_nothing_set_aside_ships(self, aside, merchandiser):
        rule = refused(
            "INSERT INTO inspections_shipment (uid, batch_id, quantity, reference, shipped_at, shipped_by_id)"
            " VALUES (gen_random_uuid(), %s, 996, '', now(), %s)",
            aside.pk,
            merchandiser.pk,
        )

        assert rule == "shipment_takes_what_is_available"

    @pytest.mark.parametrize("to", ["available", "awaiting", "returned", "scrapped"])
    def test_nothing_leaves_without_a_step(self, aside, to):
        rule = refused(f"UPDATE inspections_batch SET set_aside = 4, {to} = {to} + 1")

        assert rule == "batch_sets_aside_what_was_found"

    def test_a_step_takes_what_is_there_and_does_what_its_kind_says(self, aside, manager, inspector):
        assert [
            insert_step(aside, "replacement", "available", 6, manager),
            insert_step(aside, "scrap", "available", 1, manager),
            insert_step(aside, "release", "available", 1, manager),
            insert_step(aside, "replacement", "available", 1, manager, "token"),
            insert_step(aside, "release", "available", 1, inspector, "token"),
            insert_step(aside, "scrap", "scrapped", -1, manager),
        ] == [
            "aside_step_takes_what_is_set_aside",
            "aside_step_does_what_its_kind_says",
            "aside_step_does_what_its_kind_says",
            "aside_step_does_what_its_kind_says",
            "aside_step_is_signed_by_a_second_person",
            "inspections_batch_scrapped_check",
        ]

    def test_who_once_saved_a_check_signs_nothing(self, batch, inspector, manager):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        record_result(inspection=inspection, sent=ResultInput("LID", nonconforming_units=[1]), actor=manager, at=NOON)
        for sent in results_for(batch, LID=[1, 2]):
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        submit_inspection(inspection=inspection, actor=inspector, at=after(2))

        rule = insert_step(batch, "release", "available", 1, manager, "token")

        assert rule == "aside_step_is_signed_by_a_second_person"

    def test_nothing_joins_a_batch_on_hold_or_one_that_is_not_accepted(self, aside, inspector, manager):
        hold = place_hold(batch=aside, note="Wet cartons", actor=inspector, at=after(1))
        rules = [insert_step(aside, kind, "available", 1, manager, signed)
                 for kind, signed in (("replacement", ""), ("rework", "token"))]  # fmt: skip
        decide_hold(
            hold=hold, decision=Decision("rework", 995, "Repack"), signature="token", actor=manager, at=after(2)
        )
        rules.append(insert_step(aside, "replacement", "available", 1, manager))

        assert rules == ["aside_step_waits_for_the_batch"] * 3

    def test_a_step_is_written_once(self, aside, manager):
        settle(aside, "replacement", manager)

        assert "written once" in refused("UPDATE inspections_asidestep SET note = 'y'")
        assert "written once" in refused("DELETE FROM inspections_asidestep")
        assert AsideStep.objects.count() == 1
