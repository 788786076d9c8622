"""Findings over the API: at any time, on any batch, and what comes for an inspection that is closed."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.batch.services.shipments import ship
from inspections.models import Finding, Hold, Photo
from tests.caller import Caller, fields
from tests.factories import after, inspect, make_batch
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def qc(inspector):
    return Caller(inspector)


def finding(**said):
    return {"id": str(uuid4()), "class": "critical", "note": "Sharp burr at the handle"} | said


def picture():
    return SimpleUploadedFile("a.jpg", encoded(scene(1)).read())


def results_of(batch, qc):
    """An open inspection in which every check is answered and conforms; its path."""
    _status, opened = qc.send("POST", "inspections/", {"batch": batch.number})
    path = f"inspections/{opened['id']}"
    for code, body in {
        "LEAK": {"nonconforming_units": []}, "HEIGHT": {"readings": [50] * 80}, "CORD": {"readings": [75.5] * 80},
        "LID": {"nonconforming_units": []}, "PRINT": {"nonconforming": 0},
    }.items():  # fmt: skip
        assert qc.send("PUT", f"{path}/results/{code}/", body)[0] == 200
    return path


@pytest.mark.parametrize("clock", ["2030-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_clock_that_is_off_loses_no_finding(batch, qc, clock):
    said = finding(found_at=clock)

    status, made = qc.send("POST", f"batches/{batch.number}/findings/", said)

    assert (status, made["hold"]["reason"]) == (201, "critical")
    kept = Finding.objects.get()
    assert kept.found_at == kept.received_at
    assert qc.send("POST", f"batches/{batch.number}/findings/", said)[1]["id"] == made["id"]


class TestALateResult:
    def test_a_critical_unit_told_after_the_end_holds_what_is_left(self, batch, inspector, merchandiser, qc):
        inspection = inspect(batch, actor=inspector)
        ship(batch=batch, quantity=400, actor=merchandiser, at=after(1))

        status, answer = qc.send(
            "PUT",
            f"inspections/{inspection.uid}/results/LEAK/",
            {"nonconforming_units": [3], "recorded_at": "2026-11-22T12:00:00+08:00"},
        )

        hold, late = Hold.objects.get(), Finding.objects.get()
        assert (status, answer["late"], answer["finding"]["id"]) == (202, True, str(late.uid))
        assert {key: answer["finding"][key] for key in ("class", "characteristic", "units", "count", "late")} == {
            "class": "critical", "characteristic": "LEAK", "units": [3], "count": 1, "late": True,
        }  # fmt: skip
        assert (answer["hold"]["id"], answer["hold"]["reason"]) == (str(hold.uid), "critical")
        assert answer["hold"]["detail"] == "No leak: unit 3 does not conform."
        batch.refresh_from_db()
        assert (batch.shipped, batch.available, batch.on_hold) == (400, 0, 600)
        assert qc.send("GET", f"batches/{batch.number}/shippable/")[1]["shippable"] is False
        inspection.refresh_from_db()
        assert (inspection.verdict, inspection.hold) == ("accepted", None)
        assert inspection.results.get(characteristic__code="LEAK").nonconforming == 0

    def test_sent_again_it_is_the_same_finding(self, batch, inspector, qc):
        path = f"inspections/{inspect(batch, actor=inspector).uid}/results"

        first = qc.send("PUT", f"{path}/LEAK/", {"nonconforming_units": [3]})
        again = qc.send("PUT", f"{path}/LEAK/", {"nonconforming_units": [3]})
        more = qc.send("PUT", f"{path}/LEAK/", {"nonconforming_units": [3, 9]})

        assert again == first
        assert (more[0], more[1]["finding"]["units"]) == (202, [9])
        assert Finding.objects.count() == 2

    def test_a_count_that_grew_and_a_reading_beyond_the_limit(self, batch, inspector, qc):
        path = f"inspections/{inspect(batch, actor=inspector, PRINT=[1]).uid}/results"

        counted = qc.send("PUT", f"{path}/PRINT/", {"nonconforming": 3})
        again = qc.send("PUT", f"{path}/PRINT/", {"nonconforming": 3})
        read = qc.send("PUT", f"{path}/HEIGHT/", {"readings": [50] * 4 + ["50.9"] + [50] * 75})

        assert (counted[0], counted[1]["finding"]["count"], counted[1]["hold"]) == (202, 2, None)
        assert again == counted
        assert (read[0], read[1]["finding"]["units"], read[1]["finding"]["readings"]) == (202, [5], [50.9])
        assert read[1]["hold"]["detail"] == "Body height of unit 5 is 50.9 mm, upper limit 50.5 mm."

    def test_what_shows_no_more_is_refused_as_before(self, batch, inspector, qc):
        inspection = inspect(batch, actor=inspector, LID=[1, 2])

        status, answer = qc.send("PUT", f"inspections/{inspection.uid}/results/LID/", {"nonconforming_units": [2]})

        assert (status, answer["code"], Finding.objects.count()) == (409, "inspection_not_open", 0)

    def test_a_photo_for_a_closed_inspection_is_kept_with_what_it_shows(self, batch, inspector, qc):
        inspection = inspect(batch, actor=inspector)
        qc.send("PUT", f"inspections/{inspection.uid}/results/LEAK/", {"nonconforming_units": [3]})

        answer = qc.post(
            f"/api/v1/inspections/{inspection.uid}/photos/",
            {"photo": picture(), "characteristic": "LEAK", "unit_number": 3},
            format="multipart",
        )

        assert answer.status_code == 201
        photo = Photo.objects.get()
        assert (photo.inspection, photo.finding) == (inspection, Finding.objects.get())


class TestFindings:
    def test_a_critical_one_holds_an_accepted_batch(self, batch, inspector, qc):
        inspect(batch, actor=inspector)
        said = finding(count=2, found_at="2026-11-22T12:00:00+08:00")

        status, answer = qc.send("POST", f"batches/{batch.number}/findings/", said)

        hold = Hold.objects.get()
        assert status == 201
        assert {k: answer[k] for k in ("id", "class", "characteristic", "defect", "inspection", "count", "late")} == {
            "id": said["id"], "class": "critical", "characteristic": None, "defect": None, "inspection": None,
            "count": 2, "late": True,
        }  # fmt: skip
        assert answer["hold"]["id"] == str(hold.uid)
        assert answer["hold"]["detail"] == "2 units do not conform: Sharp burr at the handle"
        assert answer["hold"]["title"] == "B-2611-042 is stopped: critical finding"
        batch.refresh_from_db()
        assert (batch.available, batch.on_hold, batch.state) == (0, 1000, "on_hold")

    def test_the_same_id_is_the_same_finding_and_with_other_content_it_is_refused(self, batch, inspector, qc):
        inspect(batch, actor=inspector)
        said, path = finding(count=2), f"batches/{batch.number}/findings/"

        first = qc.send("POST", path, said)
        again = qc.send("POST", path, said)
        other = qc.send("POST", path, said | {"count": 3})
        elsewhere = qc.send("POST", f"batches/{make_batch('B-2').number}/findings/", said)

        assert (first[0], again) == (201, first)
        assert (other[0], other[1]["code"]) == (409, "finding_id_reused")
        assert (elsewhere[0], elsewhere[1]["code"]) == (409, "finding_id_reused")
        assert Finding.objects.count() == 1

    def test_an_open_hold_takes_it_in(self, batch, inspector, qc):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])

        _status, answer = qc.send("POST", f"batches/{batch.number}/findings/", finding())

        assert (Hold.objects.count(), answer["hold"]["code"]) == (1, "B-2611-042-H1")

    def test_during_an_inspection_they_count_in_their_class_and_a_unit_counts_once(self, batch, qc):
        path = results_of(batch, qc)
        inspection = path.rpartition("/")[2]
        qc.send("PUT", f"{path}/results/LID/", {"nonconforming_units": [1, 2, 3, 4, 5]})
        known = finding(**{"class": "major"}, units=[4, 5], inspection=inspection)
        new = finding(**{"class": "major"}, units=[80], note="Scratched base")  # of the open inspection without a word

        first = qc.send("POST", f"batches/{batch.number}/findings/", known)
        _status, standing = qc.send("GET", f"{path}/")
        assert (first[0], first[1]["late"], first[1]["hold"]) == (201, False, None)
        assert standing["classes"]["major"]["nonconforming"] == 5
        second = qc.send("POST", f"batches/{batch.number}/findings/", new)
        status, answer = qc.send("POST", f"{path}/submit/")

        assert second[1]["inspection"] == inspection
        assert (status, answer["verdict"]) == (200, "rejected")
        assert answer["classes"]["major"]["nonconforming"] == 6

    def test_what_is_said_to_be_of_no_inspection_does_not_count_in_one(self, batch, qc):
        path = results_of(batch, qc)

        for _n in range(8):
            qc.send("POST", f"batches/{batch.number}/findings/", finding(**{"class": "major"}, inspection=None))

        assert qc.send("POST", f"{path}/submit/")[1]["verdict"] == "accepted"
        assert Finding.objects.filter(late=False, inspection=None).count() == 8

    @pytest.mark.parametrize("of", ["sample", "elsewhere"])
    def test_a_critical_one_during_a_re_inspection_keeps_the_hold(self, batch, inspector, qc, of):
        inspect(batch, actor=inspector, LEAK=[3])
        path = results_of(batch, qc)
        where = {} if of == "sample" else {"inspection": None}

        _status, found = qc.send("POST", f"batches/{batch.number}/findings/", finding(**where))
        status, answer = qc.send("POST", f"{path}/submit/")

        assert (status, answer["hold"]["id"]) == (200, found["hold"]["id"])
        assert answer["verdict"] == ("rejected" if of == "sample" else "accepted")
        batch.refresh_from_db()
        assert (batch.on_hold, batch.available) == (1000, 0)

    def test_the_list_is_of_the_batch_newest_first(self, batch, inspector, qc):
        inspect(batch, actor=inspector)
        sent = [finding(), finding(**{"class": "minor"}, note="Print smeared")]
        for each in sent:
            qc.send("POST", f"batches/{batch.number}/findings/", each)

        status, answer = qc.send("GET", f"batches/{batch.number}/findings/")

        assert (status, [row["id"] for row in answer["results"]]) == (200, [sent[1]["id"], sent[0]["id"]])

    def test_a_supplier_sees_those_that_hold_its_own_and_records_none(
        self, batch, inspector, qc, supplier_user, rival_supplier
    ):
        inspect(batch, actor=inspector)
        path = f"batches/{batch.number}/findings/"
        for name in ("critical", "minor"):
            qc.send("POST", path, finding(**{"class": name}))
        own, rival = Caller(supplier_user), Caller(rival_supplier)

        assert [(row["class"], row["found_by"]) for row in own.send("GET", path)[1]["results"]] == [("critical", "QC")]
        assert own.send("POST", path, finding())[0] == 403
        assert (rival.send("GET", path)[0], rival.send("POST", path, finding())[0]) == (404, 404)

    def test_a_photo_belongs_to_a_finding(self, batch, inspector, qc, supplier_user, rival_supplier):
        inspect(batch, actor=inspector)
        said = finding()
        qc.send("POST", f"batches/{batch.number}/findings/", said)
        path = f"/api/v1/batches/{batch.number}/findings/{said['id']}/photos/"

        answers = [qc.post(path, {"photo": picture()}, format="multipart") for _twice in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        photo = Photo.objects.get()
        assert (photo.finding.uid, photo.inspection, photo.sample) == (Finding.objects.get().uid, None, None)
        [row] = qc.send("GET", f"batches/{batch.number}/findings/")[1]["results"]
        assert [each["id"] for each in row["photos"]] == [str(photo.uid)]
        assert Photo.objects.visible_to(supplier_user).get() == photo
        assert not Photo.objects.visible_to(rival_supplier).exists()

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({"class": "grave"}, ("class", "invalid_choice")),
            ({"characteristic": "NONE"}, ("characteristic", "unknown_characteristic")),
            ({"characteristic": "LEAK", "class": "minor"}, ("class", "too_mild")),
            ({"units": [3], "count": 2}, ("count", "contradiction")),
            ({"units": [3, 3]}, ("units", "duplicate")),
            ({"units": [0]}, ("units", "unknown_unit")),
            ({"count": 0}, ("count", "out_of_range")),
            ({"count": 1001}, ("count", "out_of_range")),
            ({"note": " "}, ("note", "required")),
            ({"id": "one"}, ("id", "invalid")),
            ({"inspection": str(uuid4())}, ("inspection", "unknown_inspection")),
            ({"colour": "red"}, ("colour", "unknown_field")),
        ],
    )
    def test_what_makes_no_sense_is_refused_by_name(self, batch, inspector, qc, said, wrong):
        inspect(batch, actor=inspector)

        status, answer = qc.send("POST", f"batches/{batch.number}/findings/", finding(**said))

        assert (status, fields(answer), Finding.objects.count()) == (400, [wrong], 0)

    def test_a_list_takes_the_same_statements_for_one_and_for_three(
        self, batch, inspector, qc, django_assert_num_queries
    ):
        inspect(batch, actor=inspector)
        path = f"batches/{batch.number}/findings/"
        qc.send("POST", path, finding())
        with django_assert_num_queries(4):
            assert len(qc.send("GET", path)[1]["results"]) == 1

        for _n in range(2):
            qc.send("POST", path, finding())
        with django_assert_num_queries(4):
            assert len(qc.send("GET", path)[1]["results"]) == 3


class TestHandingIn:
    def test_a_submission_is_refused_when_something_else_has_arrived(self, batch, qc, manager):
        path = results_of(batch, qc)
        known = dict.fromkeys(["LEAK", "HEIGHT", "CORD", "LID", "PRINT"], 1)
        Caller(manager).send("PUT", f"{path}/results/LID/", {"nonconforming_units": [3]})

        status, answer = qc.send("POST", f"{path}/submit/", {"closes": known})

        assert (status, answer["code"], answer["changed"]) == (409, "results_changed", ["LID"])
        assert "LID" in answer["detail"]
        assert qc.send("POST", f"{path}/submit/", {"closes": known | {"LID": 2}})[1]["verdict"] == "accepted"

    def test_a_finding_that_has_arrived_is_named_too(self, batch, qc):
        path = results_of(batch, qc)
        known = dict.fromkeys(["LEAK", "HEIGHT", "CORD", "LID", "PRINT"], 1)
        qc.send("POST", f"batches/{batch.number}/findings/", finding(**{"class": "minor"}))

        status, answer = qc.send("POST", f"{path}/submit/", {"closes": known, "findings": 0})

        assert (status, answer["code"], answer["changed"], answer["findings"]) == (409, "results_changed", [], 1)
        assert qc.send("POST", f"{path}/submit/", {"closes": known, "findings": 1})[0] == 200

    def test_a_check_that_is_left_out_has_arrived_since(self, batch, qc):
        path = results_of(batch, qc)

        status, answer = qc.send("POST", f"{path}/submit/", {"closes": {"LEAK": 1, "HEIGHT": 1, "CORD": 1, "LID": 1}})

        assert (status, answer["changed"]) == (409, ["PRINT"])

    def test_without_it_programs_submit_as_before(self, batch, qc):
        assert qc.send("POST", f"{results_of(batch, qc)}/submit/")[1]["verdict"] == "accepted"

    @pytest.mark.parametrize("closes", [[], {"LEAK": "one"}, {"LEAK": -1}, "LEAK"])
    def test_nonsense_is_refused_by_name(self, batch, qc, closes):
        status, answer = qc.send("POST", f"{results_of(batch, qc)}/submit/", {"closes": closes})

        assert (status, answer["errors"][0]["field"].split(".")[0]) == (400, "closes")


def test_qc_stops_a_batch_by_hand(batch, inspector, qc):
    inspect(batch, actor=inspector)

    status, answer = qc.send("POST", f"batches/{batch.number}/hold/", {"note": "Wet cartons"})

    assert (status, answer["remaining"], answer["detail"]) == (201, 1000, "Wet cartons")
