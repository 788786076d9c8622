"""The page of a finding, where findings are shown, and who is told."""

from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inspections.finding.services import FindingInput, record_finding
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.models import Finding, Hold, Photo
from tests.factories import NOON, after, inspect, results_for
from tests.inspections.hold.test_receivers import deliver, with_mail
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db


def record(batch, actor, at=NOON, **said) -> Finding:
    given = {"uid": uuid4(), "nonconformity_class": "critical", "note": "Sharp burr"} | said
    return record_finding(batch=batch, sent=FindingInput(**given), actor=actor, at=at)


def posted(**said):
    given = {"id": str(uuid4()), "nonconformity_class": "critical", "note": "Sharp burr", "inspection": "none"}
    return given | said


def recorded_open(batch, inspector):
    results = results_for(batch)
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    for sent in results:
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
    return inspection


class TestTheForm:
    def test_a_finding_with_a_photo_stops_the_batch(self, client, batch, inspector):
        inspect(batch, actor=inspector)
        client.force_login(inspector)
        photo = SimpleUploadedFile("burr.jpg", encoded(scene(1)).read())

        answer = client.post(reverse("finding-record", args=[batch.number]), posted(units="3、17", photos=photo))

        found = Finding.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.number}/#findings")
        assert (found.units, found.late, found.hold, found.photos.get()) == (
            [3, 17], True, Hold.objects.get(), Photo.objects.get(),
        )  # fmt: skip

    def test_pressed_twice_it_is_one(self, client, batch, inspector):
        client.force_login(inspector)
        said = posted(nonconformity_class="minor")

        answers = [client.post(reverse("finding-record", args=[batch.number]), said) for _twice in range(2)]

        assert ([answer.status_code for answer in answers], Finding.objects.count()) == ([302, 302], 1)

    def test_a_picture_that_cannot_be_read_loses_no_finding(self, client, batch, inspector):
        inspect(batch, actor=inspector)
        client.force_login(inspector)
        photo = SimpleUploadedFile("burr.jpg", b"\xff\xd8\xff nothing")

        page = client.post(
            reverse("finding-record", args=[batch.number]), posted(photos=photo), follow=True
        ).content.decode()

        assert (Finding.objects.count(), Hold.objects.count(), Photo.objects.count()) == (1, 1, 0)
        assert "burr.jpg" in page

    def test_what_is_wrong_stands_beside_its_field(self, client, batch, inspector):
        client.force_login(inspector)

        answer = client.post(
            reverse("finding-record", args=[batch.number]),
            posted(characteristic="LEAK", nonconformity_class="minor", units="3 and 4"),
        )
        milder = client.post(
            reverse("finding-record", args=[batch.number]), posted(characteristic="LEAK", nonconformity_class="minor")
        )

        assert list(answer.context["form"].errors) == ["units"]
        assert list(milder.context["form"].errors) == ["nonconformity_class"]
        assert Finding.objects.count() == 0

    def test_the_round_under_way_is_proposed_and_counts_it(self, client, batch, inspector):
        inspection = recorded_open(batch, inspector)
        client.force_login(inspector)
        page = client.get(reverse("finding-record", args=[batch.number]))
        assert page.context["form"]["inspection"].value() == str(inspection.uid)

        answer = client.post(
            reverse("finding-record", args=[batch.number]),
            posted(nonconformity_class="minor", inspection=str(inspection.uid)),
        )

        assert answer["Location"] == reverse("inspection-record", args=[inspection.uid])
        inspection.refresh_from_db()
        assert inspection.finding_count == 1


class TestWhereTheyAreShown:
    def test_batch_inspection_hold_and_ladder_show_them(self, client, batch, inspector, manager):
        inspection = inspect(batch, actor=inspector)
        record(batch, inspector, after(5), inspection=inspection.uid, note="Burr at the handle")
        hold = Hold.objects.get()
        client.force_login(manager)

        for page in (
            reverse("batch-detail", args=[batch.number]),
            reverse("inspection-detail", args=[inspection.uid]),
            reverse("hold-detail", args=[hold.uid]),
        ):
            said = client.get(page).content.decode()
            assert "1 unit does not conform: Burr at the handle" in said, page
            assert "no verdict changes by it" in said, page
        story = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
        assert "Late finding, critical" in story
        ladder = client.get(reverse("product-ladder", args=[batch.product.sku])).content.decode()
        assert "ladder__flag" in ladder
        assert "· 1 finding<" in ladder

    def test_a_supplier_sees_what_holds_and_nothing_else(self, client, batch, inspector, supplier_user):
        inspect(batch, actor=inspector)
        record(batch, inspector, after(5), note="Burr at the handle")
        record(batch, inspector, after(6), nonconformity_class="minor", note="Print smeared")
        client.force_login(supplier_user)

        said = client.get(reverse("batch-detail", args=[batch.number])).content.decode()
        ladder = client.get(reverse("product-ladder", args=[batch.product.sku])).content.decode()

        assert "Burr at the handle" in said
        assert "Print smeared" not in said
        assert "Record a finding" not in said
        assert "ladder__flag" not in ladder

    def test_a_page_without_findings_takes_no_statement_more(self, client, batch, inspector):
        inspect(batch, actor=inspector)
        client.force_login(inspector)

        client.get(reverse("batch-detail", args=[batch.number]))

        assert "Findings" not in client.get(reverse("batch-detail", args=[batch.number])).content.decode()


class TestWhoIsTold:
    def test_every_manager_of_a_late_one(self, batch, inspector, manager, merchandiser):
        with_mail(manager, "boss@example.com", "en")
        with_mail(merchandiser, "buyer@example.com", "en")
        inspect(batch, actor=inspector)
        record(batch, inspector, after(5), nonconformity_class="minor", characteristic="PRINT", units=[7], note="")

        deliver(after(6))

        [message] = mail.outbox
        assert (message.to, message.subject) == (["boss@example.com"], "Late finding on B-2611-042: minor")
        assert "Box print: unit 7 does not conform." in message.body
        assert f"/batches/{batch.number}/#findings" in message.body

    def test_nobody_of_one_that_an_open_inspection_counts(self, batch, inspector, manager):
        with_mail(manager, "boss@example.com", "en")
        recorded_open(batch, inspector)
        record(batch, inspector, after(5), nonconformity_class="minor", in_open_round=True)

        deliver(after(6))

        assert mail.outbox == []


class TestTheEntryPage:
    def test_a_check_saved_after_the_end_is_kept(self, client, batch, inspector):
        inspection = inspect(batch, actor=inspector)
        client.force_login(inspector)

        answer = client.post(
            reverse("inspection-record", args=[inspection.uid]),
            {"characteristic": "LEAK", "answer": "bad", "unit": "3", "others": "1"},
            follow=True,
        )

        assert answer.redirect_chain == [(reverse("inspection-detail", args=[inspection.uid]), 302)]
        assert "It is kept as a late finding." in answer.content.decode()
        assert (Finding.objects.get().units, Hold.objects.count()) == ([3], 1)

    def test_it_hands_in_what_it_showed_and_nothing_else(self, client, batch, inspector, manager):
        inspection = recorded_open(batch, inspector)
        client.force_login(inspector)
        page = client.get(reverse("inspection-record", args=[inspection.uid])).content.decode()
        names = ["LEAK", "HEIGHT", "CORD", "LID", "PRINT"]
        shown = {f"closes.{code}": "1" for code in names} | {"findings": "0"}
        for name, value in shown.items():
            assert f'<input type="hidden" name="{name}" value="{value}">' in page
        [lid] = [sent for sent in results_for(batch, LID=[3]) if sent.characteristic == "LID"]
        record_result(inspection=inspection, sent=lid, actor=manager, at=after(2))

        refused = client.post(reverse("inspection-submit", args=[inspection.uid]), shown)
        again = client.post(reverse("inspection-submit", args=[inspection.uid]), shown | {"closes.LID": "2"})

        assert (refused.status_code, "Changed since you last saw it: LID." in refused.content.decode()) == (409, True)
        assert again["Location"] == reverse("inspection-detail", args=[inspection.uid])
