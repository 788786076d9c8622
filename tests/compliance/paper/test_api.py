"""Requirements, traits, documents, evidence and waivers over the API."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from compliance.models import Document, Evidence
from tests.caller import Caller, fields
from tests.compliance.factories import listing_of, look_at, submit
from tests.factories import make_product
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def listing(catalogue, supplier):
    return listing_of(make_product("KT", supplier=supplier))


def upload(user, *, seed=1, **data):
    file = SimpleUploadedFile("manual.png", encoded(scene(seed), "PNG").read())
    answer = Caller(user).post("/api/v1/documents/", {"file": file, **data}, format="multipart")
    return answer.status_code, answer.json()


def test_requirements_are_found_by_market_category_and_verification(catalogue, supplier_user):
    call = Caller(supplier_user)

    status, found = call.send("GET", "requirements/?market=EU-DE&category=toys&page_size=200")
    keys = {row["key"] for row in found["results"]}
    assert status == 200
    assert "eu-toy-doc" in keys
    assert "us-cpc" not in keys
    status, one = call.send("GET", "requirements/us-cpc/")
    assert (one["platform_rules"][0]["max_age_days"], one["is_sure"]) == (365, True)
    status, answer = call.send("GET", "requirements/?colour=red")
    assert (status, fields(answer)) == (400, [("colour", "unknown_field")])


def test_traits_are_asked_and_answered(listing, inspector, supplier_user):
    status, asked = Caller(inspector).send("GET", "products/KT/traits/")
    key = asked["traits"][0]["key"]
    assert (status, asked["unanswered"], asked["traits"][0]["answer"]) == (200, len(asked["traits"]), None)

    status, answered = Caller(inspector).send("PUT", "products/KT/traits/", {"answers": {key: True}})
    still = [one["key"] for one in answered["traits"] if one["answer"] is None]
    assert (status, answered["unanswered"]) == (200, len(still))
    assert key not in still
    assert len(still) < asked["unanswered"]
    assert Caller(supplier_user).send("PUT", "products/KT/traits/", {"answers": {key: False}})[0] == 403
    status, answer = Caller(inspector).send("PUT", "products/KT/traits/", {"answers": {"nonsense": True}})
    assert (status, fields(answer)) == (400, [("nonsense", "unknown_trait")])


def test_a_paper_goes_from_upload_to_accepted(listing, supplier_user, inspector, manager):
    status, document = upload(supplier_user)
    assert (status, document["supplier"], document["problems"]) == (201, "HAILAN", [])
    body = {
        "document": document["id"], "requirement": MANUAL, "listings": [{"product": "KT", "market": "US"}],
        "issued_on": "2026-11-01", "model_numbers": ["KT"],
    }  # fmt: skip
    status, paper = Caller(supplier_user).send("POST", "evidence/", body)
    assert (status, paper["state"], paper["listings"]) == (201, "submitted", [{"product": "KT", "market": "US"}])
    look_at(Evidence.objects.get())
    path = f"evidence/{paper['id']}/decide/"

    assert Caller(supplier_user).send("POST", path, {"decision": "check"})[0] == 403
    assert Caller(inspector).send("POST", path, {"decision": "check"})[1]["state"] == "checked"
    status, answer = Caller(inspector).send("POST", path, {"decision": "accept"})
    assert (status, answer["code"]) == (403, "same_person")
    assert Caller(manager).send("POST", path, {"decision": "accept"})[1]["state"] == "accepted"

    status, items = Caller(supplier_user).send("GET", "checklist-items/?product=KT&state=accepted")
    assert [(row["requirement"], row["evidence"]) for row in items["results"]] == [(MANUAL, paper["id"])]
    status, checklist = Caller(supplier_user).send("GET", "listings/KT/US/checklist/")
    assert (status, MANUAL in {row["requirement"] for row in checklist["items"]}) == (200, True)
    assert len(checklist["unanswered"]) > 0


def test_nonsense_is_refused_by_field(listing, supplier_user, rival_supplier):
    _status, document = upload(supplier_user)
    body = {
        "document": document["id"], "requirement": MANUAL, "listings": [{"product": "KT", "market": "MARS"}],
        "valid_from": "2027-01-01", "valid_to": "2026-01-01",
    }  # fmt: skip
    call = Caller(supplier_user)

    status, answer = call.send("POST", "evidence/", body)
    assert (status, fields(answer)) == (400, [("listings.0", "unknown_listing")])
    status, answer = call.send("POST", "evidence/", body | {"listings": [{"product": "KT", "market": "US"}]})
    assert (status, fields(answer)) == (400, [("valid_to", "date_order")])
    status, answer = Caller(rival_supplier).send("POST", "evidence/", body)
    assert (status, fields(answer)) == (400, [("document", "unknown_document")])
    answer = call.post(
        "/api/v1/documents/", {"file": SimpleUploadedFile("a.pdf", b"PK\x03\x04")}, format="multipart"
    ).json()
    assert fields(answer) == [("file", "unknown_content")]


def test_a_supplier_sees_and_fetches_its_own_papers_alone(listing, supplier_user, rival_supplier, merchandiser):
    evidence = submit(MANUAL, listing)
    formula = submit("gl-bill-of-materials", listing)
    paths = [
        f"documents/{evidence.document.uid}/",
        f"documents/{evidence.document.uid}/file/",
        f"evidence/{evidence.uid}/",
    ]

    def seen(user):
        answers = [Caller(user).get(f"/api/v1/{path}") for path in paths]
        for answer in answers:
            if answer.streaming:
                for close in answer._resource_closers:
                    close()
        return [answer.status_code for answer in answers]

    assert seen(supplier_user) == [200, 200, 200]
    assert seen(rival_supplier) == [404, 404, 404]
    for path in ("documents/", "evidence/", "checklist-items/"):
        assert Caller(rival_supplier).send("GET", path)[1]["results"] == []
        assert len(Caller(supplier_user).send("GET", path)[1]["results"]) > 1
    assert Caller(merchandiser).get(f"/api/v1/documents/{formula.document.uid}/file/").status_code == 404


def test_two_tokens_sign_a_waiver(listing, merchandiser, manager):
    body = {
        "product": "KT", "market": "US", "requirement": MANUAL, "reason": "In print", "limit": "500 units",
        "expires_on": (localdate() + timedelta(30)).isoformat(),
    }  # fmt: skip
    status, late = Caller(merchandiser).send("POST", "waivers/", body | {"expires_on": "2099-01-01"})
    assert (status, [error["code"] for error in late["errors"]]) == (400, ["too_long"])
    status, waiver = Caller(merchandiser).send("POST", "waivers/", body, key="w1")
    assert (status, waiver["state"]) == (201, "requested")
    assert Caller(merchandiser).send("POST", "waivers/", body, key="w1")[1]["id"] == waiver["id"]

    status, answer = Caller(merchandiser).send("POST", f"waivers/{waiver['id']}/sign/", {})
    assert (status, answer["code"]) == (403, "same_signer")
    assert Caller(manager).send("POST", f"waivers/{waiver['id']}/sign/", {})[1]["state"] == "signed"
    assert Caller(manager).send("POST", f"waivers/{waiver['id']}/end/", {"reason": "Printed"})[1]["state"] == "ended"


def test_a_look_up_is_noted(listing, inspector, supplier_user):
    evidence = submit(MANUAL, listing)
    body = {"register": "UL Product iQ", "result": "not_found"}

    status, lookup = Caller(inspector).send("POST", f"evidence/{evidence.uid}/lookups/", body)
    assert (status, lookup["result"]) == (201, "not_found")
    assert Caller(supplier_user).send("POST", f"evidence/{evidence.uid}/lookups/", body)[0] == 403
    assert len(Caller(supplier_user).send("GET", f"evidence/{evidence.uid}/lookups/")[1]["results"]) == 1


def test_the_same_file_again_is_the_document_that_is_there(listing, supplier_user, inspector):
    first, again = upload(supplier_user)[1], upload(supplier_user)[1]
    assert (first["id"], Document.objects.count()) == (again["id"], 1)
    status, answer = upload(inspector, seed=2)
    assert (status, fields(answer)) == (400, [("supplier", "required")])
    assert upload(inspector, seed=2, supplier="HAILAN")[0] == 201
