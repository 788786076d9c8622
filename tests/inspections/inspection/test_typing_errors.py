"""A wrong key on a critical reading: named by who typed it, settled by a second person, and the batch on hold until then."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from activity.errors import InvalidInput
from inspections.hold.services.holds import Decision, InspectorMayNotDecide, decide_hold, dispositions_for
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.inspection.services.typing_errors import (
    NothingWasMistyped,
    OnlyWhoRecorded,
    RecorderMayNotSettle,
    TypingErrorNamed,
    TypingErrorSettled,
    name_typing_error,
    refuse_typing_error,
)
from inspections.models import Finding, Hold, TypingError
from tests.caller import Caller
from tests.factories import NOON, after, make_user, results_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def slip(inspection, inspector):
    """Unit 3 was typed without its point, and its batch is on hold."""
    sent = ResultInput("HEIGHT", readings=["50.1", "49.9", "501"])
    inspection, _result = record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
    return inspection


def name(inspection, actor, *, unit=3, read="50.1", code="HEIGHT"):
    return name_typing_error(
        inspection=inspection, characteristic=code, unit=unit, read=read, note="Gloves", actor=actor, at=after(2)
    )


def sign(hold, actor):
    decision = Decision(kind="typing_error", quantity=hold.remaining, reason="501 for 50.1")
    return decide_hold(hold=hold, decision=decision, signature="token", actor=actor, at=after(3))


def height(inspection):
    return [str(each) for each in inspection.results.get(characteristic__code="HEIGHT").readings]


def test_what_was_read_counts_and_the_hold_stays(slip, batch, inspector):
    named = name(slip, inspector)

    batch.refresh_from_db()
    assert (height(slip), named.typed, named.read, named.state) == (
        ["50.1", "49.9", "50.1"] + ["None"] * 77,
        501,
        Decimal("50.1"),
        "waiting",
    )
    assert (batch.state, named.hold.status) == ("on_hold", "open")


def test_one_signature_ends_the_hold_and_the_inspection_goes_on_to_its_verdict(
    slip, batch, inspector, manager, event_kinds
):
    named = name(slip, inspector)

    disposition = sign(Hold.objects.get(), manager)

    named = TypingError.objects.get()
    batch.refresh_from_db()
    slip.refresh_from_db()
    assert (named.state, named.disposition, named.typed) == ("accepted", disposition, 501)
    assert (batch.state, batch.awaiting, slip.hold, Hold.objects.get().status) == ("awaiting", 1000, None, "ended")
    assert event_kinds(batch.stream)[-5:] == [
        "result.recorded",
        "typing_error.named",
        "hold.decided",
        "hold.ended",
        "typing_error.accepted",
    ]
    for sent in results_for(batch):
        record_result(inspection=slip, sent=sent, actor=inspector, at=after(4))
    submitted = submit_inspection(inspection=slip, actor=inspector, at=after(5))
    batch.refresh_from_db()
    assert (submitted.verdict, batch.available) == ("accepted", 1000)


def test_one_that_was_corrected_at_once_can_still_be_named(slip, inspector):
    sent = ResultInput("HEIGHT", readings=["50.1", "49.9", "50.1"])
    record_result(inspection=slip, sent=sent, actor=inspector, at=after(2))

    assert name(slip, inspector).typed == 501


def test_who_recorded_does_not_sign_it(slip, batch, manager):
    record_result(inspection=slip, sent=ResultInput("CORD", readings=["75"]), actor=manager, at=after(1))
    named = name(slip, manager)

    with pytest.raises(InspectorMayNotDecide):
        sign(Hold.objects.get(), manager)
    with pytest.raises(RecorderMayNotSettle):
        refuse_typing_error(typing_error=named, reason="No", actor=manager, at=after(3))
    batch.refresh_from_db()
    assert batch.state == "on_hold"


def test_who_did_not_record_does_not_name_it(slip):
    with pytest.raises(OnlyWhoRecorded):
        name(slip, make_user(Role.QC))


def test_where_more_is_critical_the_hold_stays(slip, inspector, manager):
    record_result(inspection=slip, sent=ResultInput("LEAK", nonconforming_units=[7]), actor=inspector, at=after(1))
    name(slip, inspector)

    hold = Hold.objects.get()
    assert "typing_error" not in dispositions_for(hold)
    with pytest.raises(InvalidInput):
        sign(hold, manager)


def test_refused_what_was_typed_counts_again(slip, batch, inspector, manager):
    named = name(slip, inspector)

    refuse_typing_error(typing_error=named, reason="The caliper shows 501", actor=manager, at=after(3))

    result = slip.results.get(characteristic__code="HEIGHT")
    assert (result.nonconforming_units, result.recorded_by, str(result.readings[2])) == ([3], inspector, "501")
    assert (TypingError.objects.get().state, Hold.objects.get().status) == ("refused", "open")
    with pytest.raises(TypingErrorSettled):
        refuse_typing_error(typing_error=named, reason="Again", actor=manager, at=after(4))


def test_refused_after_it_was_handed_in_it_is_a_late_finding(slip, batch, inspector, manager):
    for sent in results_for(batch):
        if sent.characteristic != "HEIGHT":
            record_result(inspection=slip, sent=sent, actor=inspector, at=after(1))
    readings = ["50.0"] * 2 + ["501"] + ["50.0"] * 77
    record_result(inspection=slip, sent=ResultInput("HEIGHT", readings=readings), actor=inspector, at=after(1))
    named = name(slip, inspector)
    submitted = submit_inspection(inspection=slip, actor=inspector, at=after(2))

    refuse_typing_error(typing_error=named, reason="The caliper shows 501", actor=manager, at=after(3))

    finding = Finding.objects.get()
    batch.refresh_from_db()
    assert (submitted.verdict, batch.available, batch.state) == ("accepted", 0, "on_hold")
    assert (finding.units, finding.late, finding.hold.status) == ([3], True, "open")


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ({"unit": 2}, NothingWasMistyped),
        ({"unit": 80}, NothingWasMistyped),
        ({"unit": 999}, NothingWasMistyped),
        ({"code": "CORD"}, NothingWasMistyped),
        ({"code": "LEAK"}, NothingWasMistyped),
        ({"code": "NONE"}, NothingWasMistyped),
        ({"read": "50.9"}, InvalidInput),
        ({"read": "5o"}, InvalidInput),
    ],
)
def test_what_is_no_typing_error_is_refused(slip, inspector, sent, refusal):
    with pytest.raises(refusal):
        name(slip, inspector, **sent)

    assert (TypingError.objects.count(), height(slip)[2]) == (0, "501")


def test_it_is_named_once(slip, inspector):
    name(slip, inspector)

    with pytest.raises(TypingErrorNamed):
        name(slip, inspector)


# The database


class TestBySQL:
    @pytest.fixture
    def named(self, slip, inspector):
        return name(slip, inspector)

    def refused(self, sql, *values):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        return refusal.value.__cause__.diag.constraint_name

    def test_what_it_says_never_changes(self, named):
        for change in ("typed = 8", "read = 8", "unit = 4", "note = ''"):
            assert self.refused(f"UPDATE inspections_typingerror SET {change}") == "typing_error_is_written_once"
        assert self.refused("DELETE FROM inspections_typingerror") == "typing_error_is_written_once"

    def test_who_recorded_does_not_refuse_it(self, named, inspector):
        sql = "UPDATE inspections_typingerror SET refused_at = now(), refused_reason = 'no', refused_by_id = %s"

        assert self.refused(sql, inspector.pk) == "typing_error_is_settled_by_a_second_person"

    def test_a_hold_that_rests_on_more_does_not_end_for_it(self, named, slip, inspector, manager):
        record_result(inspection=slip, sent=ResultInput("LEAK", nonconforming_units=[7]), actor=inspector, at=after(3))
        sql = (
            'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature, decided_at,'
            " decided_by_id) VALUES (gen_random_uuid(), %s, 'typing_error', 1000, 0, 'x', '', 'token', now(), %s)"
        )

        constraint = self.refused(sql, named.hold.pk, manager.pk)
        assert constraint == "hold_ends_for_a_typing_error_only_when_it_rests_on_it_alone"

    def test_it_is_named_by_who_recorded(self, named, manager):
        sql = (
            "INSERT INTO inspections_typingerror (uid, inspection_id, characteristic_id, unit, typed, read, note, hold_id,"
            " named_at, named_by_id, refused_reason) SELECT gen_random_uuid(), inspection_id, characteristic_id, 1, 1, 2, '',"
            " hold_id, now(), %s, '' FROM inspections_typingerror"
        )

        assert self.refused(sql, manager.pk) == "typing_error_is_named_by_who_recorded"


# Pages and API


def test_over_the_api_it_is_named_and_signed(slip, batch, inspector, manager):
    qc, chief = Caller(inspector), Caller(manager)

    sent = {"characteristic": "HEIGHT", "unit": 3, "read": "50.1", "note": "Gloves"}
    status, named = qc.send("POST", f"inspections/{slip.uid}/typing-errors/", sent)
    assert (status, named["typed"], named["read"], named["state"], named["hold"]["state"]) == (
        201,
        501,
        50.1,
        "waiting",
        "open",
    )

    decision = {"disposition": "typing_error", "quantity": 1000, "reason": "501 for 50.1"}
    status, hold = chief.send("POST", f"holds/{named['hold']['id']}/decide/", decision)
    assert (status, hold["state"]) == (200, "ended")
    status, listed = chief.send("GET", f"inspections/{slip.uid}/typing-errors/")
    assert (status, [each["state"] for each in listed["results"]]) == (200, ["accepted"])


def test_over_the_api_it_is_refused(slip, inspector, manager):
    named = name(slip, inspector)

    status, answer = Caller(manager).send("POST", f"typing-errors/{named.uid}/refuse/", {"reason": "It reads 501"})

    assert (status, answer["state"], answer["refused_reason"]) == (200, "refused", "It reads 501")


def test_on_pages_it_is_named_where_it_was_typed_and_signed_where_the_hold_is_decided(client, slip, inspector, manager):
    url = reverse("typing-error-name", args=[slip.uid])
    client.force_login(inspector)
    page = client.get(url)
    key = page.context["form"]["key"].value()
    assert "Body height, unit 3: 501 mm" in page.content.decode()
    named = client.post(url, {"key": key, "reading": "3:HEIGHT", "read": "50.1", "note": ""})
    assert named["Location"] == reverse("inspection-record", args=[slip.uid]) + "#check-HEIGHT"

    client.force_login(manager)
    hold = Hold.objects.get()
    page = client.get(reverse("hold-detail", args=[hold.uid]))
    text = " ".join(page.content.decode().split())
    assert ("named a typing error" in text, "Sign that it was a typing error" in text) == (True, True)
    answer = client.post(
        reverse("typing-error-refuse", args=[TypingError.objects.get().uid]), {"reason": "It reads 501"}
    )
    assert (answer["Location"], TypingError.objects.get().state) == (reverse("hold-detail", args=[hold.uid]), "refused")


@pytest.mark.parametrize(
    ("persona", "status"), [("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)]
)
def test_who_may_not(request, client, slip, inspector, persona, status):
    named = name(slip, inspector)
    client.force_login(request.getfixturevalue(persona))

    answers = [
        client.post(reverse("typing-error-name", args=[slip.uid]), {}),
        client.post(reverse("typing-error-refuse", args=[named.uid]), {"reason": "x"}),
        client.post(reverse("api-typing-error-list", args=[slip.uid]), {}),
        client.post(reverse("api-typing-error-refuse", args=[named.uid]), {"reason": "x"}),
    ]

    assert ([each.status_code for each in answers], TypingError.objects.get().state) == ([status] * 4, "waiting")


def test_a_supplier_does_not_see_what_was_typed(client, slip, inspector, supplier_user):
    name(slip, inspector)
    client.force_login(supplier_user)

    page = client.get(reverse("hold-detail", args=[Hold.objects.get().uid]))

    assert "named a typing error" not in page.content.decode()
