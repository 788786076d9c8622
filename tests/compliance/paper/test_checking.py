"""Checking papers one after the other: what a person says of each thing, fact by fact, and what comes of the paper."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from compliance.models import Evidence, Finding
from compliance.paper.page.checking import checking_of, queue_of, spot_of
from compliance.paper.services.documents import upload_document
from compliance.paper.services.findings import decide_finding, set_product_facts
from compliance.paper.services.reading import examine_next_paper, read_next_document
from tests.caller import Caller
from tests.compliance import papers as files
from tests.compliance.factories import answer_all, change, listing_of, submit
from tests.factories import NOON, make_product, make_supplier, make_user

pytestmark = pytest.mark.django_db
CERTIFICATES = Path(__file__).parent / "certificates"
SAID = {
    "standard": "EN 60335-1", "model_numbers": ("HD-2200",), "holder": "Shenzhen Example Electric Co., Ltd.",
    "issuing_body": "Example Testing Laboratory", "fields": {"result": "Pass"},
}  # fmt: skip


@pytest.fixture
def dryer(catalogue):
    supplier = make_supplier("EXAMPLE", name="Shenzhen Example Electric Co., Ltd.")
    return _dryer("HD", supplier, "HD-2200")


def _dryer(sku: str, supplier, *models: str):
    product = make_product(sku, supplier=supplier, markets=["EU-DE"])
    answer_all(product, yes=("mains_powered",))
    set_product_facts(product=product, model_numbers=models, cosmetic_type="", actor=make_user(Role.QC), at=NOON)
    return product


def read(name: str, product, *others, key: str = "eu-lvd", **said) -> Evidence:
    """A given paper, handed in for a requirement, read and compared."""
    supplier, actor = product.supplier, make_user(Role.SUPPLIER)
    content = SimpleUploadedFile(name, (CERTIFICATES / name).read_bytes())
    document = upload_document(supplier=supplier, file=content, actor=actor, at=NOON)
    listings = [listing_of(one, "EU-DE") for one in (product, *others)]
    evidence = submit(key, *listings, document=document, actor=actor, **SAID | said)
    for step in (read_next_document, examine_next_paper):
        while step(now=NOON):
            pass
    return evidence


def send(user, evidence: Evidence, **data):
    client = Client()
    client.force_login(user)
    return client.post(reverse("checking-paper", args=[evidence.uid]), {"key": uuid4(), **data})


def states() -> list[str]:
    return list(Evidence.objects.order_by("id").values_list("state", flat=True))


def the(evidence: Evidence, code: str) -> Finding:
    return evidence.findings.current().get(code=code)


def test_what_was_found_is_marked_where_it_stands_on_its_page(dryer, inspector):
    evidence = read("lvd-fail.pdf", dryer, number="EXT26030203")

    checking = checking_of(evidence, inspector)

    failed = next(row for row in checking.rows if row.finding.code == "result_contradicted")
    (mark,) = [mark for mark in checking.sheets[0].marks if mark.number == failed.number]
    assert (mark.tone, failed.tone, checking.title.split(",")[0]) == ("stopped", "stopped", "3 things contradict")
    assert 0 < mark.x < mark.end < 1000
    left, top, right, bottom = spot_of(failed.finding)
    assert left < mark.x / 1000 < right
    assert top < mark.y / 1414 < bottom


def test_the_page_shows_pages_marks_what_was_asked_and_the_letter_in_the_supplier_s_language(dryer, inspector):
    evidence = read("lvd-fail.pdf", dryer, number="EXT26030203")
    client = Client()
    client.force_login(inspector)

    shown = client.get(reverse("checking-paper", args=[evidence.uid])).content.decode()
    spot = client.get(reverse("finding-spot", args=[the(evidence, "result_contradicted").uid]))
    page = reverse("document-page", args=[evidence.document.uid, 1])
    drawn = client.get(page)

    assert f'src="{page}"' in shown
    assert 'class="mark mark--stopped"' in shown
    assert "结论" in shown or "不合格" in shown
    assert spot.content.startswith(b"\x89PNG")
    assert client.get(page, headers={"If-None-Match": drawn["ETag"]}).status_code == 304


def test_who_may_not_check_sees_no_queue_and_a_stranger_no_spot(dryer, merchandiser, rival_supplier):
    spot = reverse(
        "finding-spot", args=[the(read("lvd-fail.pdf", dryer, number="EXT26030203"), "result_contradicted").uid]
    )
    seen = {}
    for person in (merchandiser, rival_supplier):
        client = Client()
        client.force_login(person)
        passing = client.post(reverse("checking-pass"), {"paper": []})
        seen[person.username] = [
            client.get(reverse("checking")).status_code,
            client.get(spot).status_code,
            passing.status_code,
        ]

    assert seen == {merchandiser.username: [403, 200, 403], rival_supplier.username: [403, 404, 403]}


def test_what_contradicts_stops_and_what_is_not_found_is_seen_by_name_page_by_page(dryer, inspector, manager):
    evidence = read("lvd-no-result.pdf", dryer, number="EXT26030206", fields={})
    missing = the(evidence, "result_not_found")

    refused = send(inspector, evidence, decision="pass")
    no_page = send(
        inspector, evidence, decision="pass", **{f"finding-{missing.uid}": "yes", f"page-{missing.uid}": "9"}
    )
    assert (refused.status_code, no_page.status_code, states()) == (422, 422, ["submitted"])
    assert 'value="9"' in no_page.content.decode()
    others = {f"finding-{one.uid}": "yes" for one in evidence.findings.standing_in_the_way() if one.pk != missing.pk}
    whys = {name.replace("finding", "why"): "Read there" for name in others}
    seen = {f"finding-{missing.uid}": "yes", f"page-{missing.uid}": "1", **others, **whys}
    done = send(inspector, evidence, decision="pass", **seen)

    missing.refresh_from_db()
    assert (done.status_code, states()) == (302, ["checked"])
    assert (missing.state, missing.seen_on, missing.decided_by) == ("overruled", 1, inspector)
    send(manager, evidence, decision="pass")
    assert states() == ["accepted"]


def test_the_next_one_that_waits_for_me_comes_after_each(dryer, inspector):
    first = read("lvd-fail.pdf", dryer, number="EXT26030203")
    second = read("lvd-right.pdf", dryer, number="EXT26030201")
    queue = queue_of(inspector, first)

    answer = send(inspector, first, decision="refuse", reason="It fails")

    assert (queue.place, queue.total, queue.before, queue.after) == (1, 2, None, second)
    assert answer["Location"] == reverse("checking-paper", args=[second.uid])
    assert states() == ["refused", "submitted"]
    assert queue_of(inspector, second).total == 1


def test_a_refusal_says_why_and_keeps_what_was_typed(dryer, inspector):
    evidence = read("lvd-fail.pdf", dryer, number="EXT26030203")

    answer = send(inspector, evidence, decision="refuse", reason="")

    assert (list(answer.context["form"].errors), states()) == (["reason"], ["submitted"])


def test_what_was_seen_for_one_product_is_offered_for_its_sister_and_taken_over_by_nobody(dryer, inspector, manager):
    sister = _dryer("HD-B", dryer.supplier, "HD-2200")
    first = read("lvd-no-result.pdf", dryer, number="EXT26030206", fields={})
    other = read("lvd-no-result.pdf", sister, number="EXT26030206", fields={})
    decide_finding(
        finding=the(first, "result_not_found"), overrule=True, reason="", seen_on=1, actor=inspector, at=NOON
    )

    row = next(row for row in checking_of(other, manager).rows if row.finding.code == "result_not_found")

    assert (row.sister.decided_by, row.sister.seen_on) == (inspector, 1)
    assert the(other, "result_not_found").state == "open"


def test_several_that_are_clear_pass_at_once_and_the_others_say_why_they_wait(dryer, inspector):
    clear = read("lvd-right.pdf", dryer, number="EXT26030201", issued_on=date(2026, 3, 2))
    for finding in clear.findings.standing_in_the_way():
        decide_finding(finding=finding, overrule=True, reason="Seen", actor=inspector, at=NOON)
    read("lvd-fail.pdf", dryer, number="EXT26030203")
    both = [str(uid) for uid in Evidence.objects.order_by("id").values_list("uid", flat=True)]
    client = Client()
    client.force_login(inspector)

    ticks = client.get(reverse("evidence-list") + "?show=check").content.decode().count('name="paper"')
    client.post(reverse("checking-pass"), {"paper": [*both, "nonsense"]})
    _status, rows = Caller(inspector).send("POST", "evidence/pass/", {"papers": both[1:]})

    assert (ticks, states()) == (1, ["checked", "submitted"])
    assert [(row["passed"], row["code"]) for row in rows] == [(False, "findings_open")]


def test_the_api_does_the_same(dryer, inspector):
    evidence = read("lvd-fail.pdf", dryer, number="EXT26030203")
    call = Caller(inspector)
    _status, facts = call.send("GET", f"evidence/{evidence.uid}/facts/")
    failed = next(row for row in facts["results"] if row["fact"] == "result")
    path = f"evidence/{evidence.uid}/checking/"

    spot = call.get(f"/api/v1/findings/{failed['finding']}/spot/")
    kept = call.send(
        "POST", path, {"findings": [{"finding": failed["finding"], "is_there": False}], "decision": "later"}
    )
    passed = call.send("POST", path, {"decision": "pass"})
    unknown = call.send("POST", path, {"findings": [{"finding": str(uuid4()), "is_there": True}], "decision": "later"})

    assert spot["Content-Type"] == "image/png"
    assert (kept[0], kept[1]["state"], passed[1]["code"], unknown[0]) == (200, "submitted", "findings_open", 400)
    assert Finding.objects.get(uid=failed["finding"]).state == "confirmed"


def test_the_marks_of_a_scan_stand_where_its_text_was_recognised(tmp_path):
    from compliance.reading.spots import boxes_of
    from compliance.reading.text import read as read_file

    scan = tmp_path / "scan.pdf"
    scan.write_bytes(files.scan((CERTIFICATES / "lvd-right.pdf").read_bytes(), dpi=100))

    (page,) = read_file(scan, "application/pdf", most_pages=1)
    (box,) = boxes_of("EXT26030201", "", page.words)

    assert box == pytest.approx((0.18, 0.103, 0.279, 0.111), abs=0.02)


def test_what_was_read_fills_the_form_and_what_a_person_changes_is_kept_beside_it(dryer, inspector):
    actor = make_user(Role.QC)
    client = Client()
    client.force_login(actor)
    address = reverse("evidence-create") + "?requirement=eu-lvd&listing=HD:EU-DE"
    file = SimpleUploadedFile("lvd-right.pdf", (CERTIFICATES / "lvd-right.pdf").read_bytes())

    sent = client.post(address, {"key": uuid4(), "file": file, "read": "1"})
    waiting = client.get(sent["Location"])
    read_next_document(now=NOON)
    filled = client.get(sent["Location"]).context["form"]
    said = {name: filled[name].value() for name in filled.fields if filled[name].value() is not None}
    client.post(address, {**said, "number": "EXT26030299"})

    evidence = Evidence.objects.get()
    assert (waiting.context["is_being_read"], said["number"], said["issued_on"]) == (True, "EXT26030201", "2026-03-02")
    assert (said["model_numbers"], said["holder"]) == ("HD-2200", "Shenzhen Example Electric Co., Ltd.")
    assert evidence.as_read["number"]["value"] == "EXT26030201"
    changed = {(row["field"], row["read"], row["said"]) for row in checking_of(evidence, inspector).changed}
    assert changed == {("number", "EXT26030201", "EXT26030299")}


def test_many_files_are_sorted_by_what_they_are_and_handed_in_by_one_table(dryer):
    actor = make_user(Role.QC)
    client = Client()
    client.force_login(actor)
    names = ["lvd-right.pdf", "rohs-right.pdf", "lvd-emc-standard.pdf"]
    several = [SimpleUploadedFile(name, (CERTIFICATES / name).read_bytes()) for name in names]

    sent = client.post(reverse("document-create"), {"key": uuid4(), "supplier": "EXAMPLE", "file": several})
    while read_next_document(now=NOON):
        pass
    _status, told = Caller(actor).send("GET", "documents/sorted/")
    table = client.get(sent["Location"])
    rows = table.context["rows"]
    data = {"rows": len(rows)}
    for row in rows:
        data |= {
            row[name].html_name: row[name].value() for name in row.fields if row[name].value() not in (None, False)
        }
    handed_in = client.post(sent["Location"], data)
    again = client.post(sent["Location"], data)

    assert sent["Location"] == reverse("sorting-list")
    assert {one["name"]: one["places"][0]["requirement"] for one in told} == {
        "lvd-right.pdf": "eu-lvd", "rohs-right.pdf": "eu-rohs", "lvd-emc-standard.pdf": "eu-emc",
    }  # fmt: skip
    assert (handed_in.status_code, again.status_code) == (302, 302)
    made = Evidence.objects.order_by("requirement__key").values_list("requirement__key", "number", "holder")
    assert [(key, number) for key, number, _holder in made] == [
        ("eu-emc", "EXT26030212"), ("eu-lvd", "EXT26030201"), ("eu-rohs", "EXT26030220"),
    ]  # fmt: skip
    assert {holder for _key, _number, holder in made} == {"Shenzhen Example Electric Co., Ltd."}


def test_several_papers_over_the_api_each_by_itself(dryer):
    actor = make_user(Role.QC)
    file = SimpleUploadedFile("lvd.pdf", (CERTIFICATES / "lvd-right.pdf").read_bytes())
    document = upload_document(supplier=dryer.supplier, file=file, actor=actor, at=NOON)
    paper = {
        "document": str(document.uid),
        "listings": [{"product": "HD", "market": "EU-DE"}],
        "issued_on": "2026-03-02",
    }
    papers = [{**paper, "requirement": "eu-lvd"}, {**paper, "requirement": "eu-emc", "issued_on": None}]

    status, rows = Caller(actor).send("POST", "evidence/many/", {"papers": papers})

    assert (status, [row["code"] for row in rows]) == (200, ["", "invalid"])
    assert [error["field"] for error in rows[1]["errors"]] == ["issued_on"]
    assert list(Evidence.objects.values_list("requirement__key", flat=True)) == ["eu-lvd"]


def test_a_change_of_what_is_looked_for_is_kept_in_the_history_and_compares_papers_anew(dryer, inspector, manager):
    evidence = read("lvd-right.pdf", dryer, number="EXT26030201", issued_on=date(2026, 3, 2))
    for finding in evidence.findings.standing_in_the_way():
        decide_finding(finding=finding, overrule=True, reason="Seen", actor=inspector, at=NOON)
    for person in (inspector, manager):
        send(person, evidence, decision="pass")
    before = states()

    asks = evidence.requirement.asks | {"standards": [["EN 60335-1:2024"]]}
    revision = change("eu-lvd", asks=asks).revisions.order_by("-number").first()
    while examine_next_paper(now=NOON):
        pass

    client = Client()
    client.force_login(inspector)
    shown = client.get(reverse("requirement-detail", args=["eu-lvd"])).content.decode()
    assert (before, states()) == (["accepted"], ["submitted"])
    assert the(evidence, "edition_contradicted").params["wanted"] == "EN 60335-1:2024"
    assert revision.changes["asks"][1]["standards"] == [["EN 60335-1:2024"]]
    assert "EN 60335-1:2024" in shown
