"""How often a team presses a button for papers, from an empty kettle to live papers in the US and Germany: once 63 times."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from compliance.declaration.services import declare
from compliance.models import ChecklistItem, DeclarationKind, Evidence, ReferenceEntry, Requirement
from compliance.paper.page.checking import checking_of
from compliance.paper.services.findings import set_product_facts
from compliance.paper.services.reading import examine_next_paper, read_next_document
from compliance.reading.declared import Row
from tests.compliance import papers as files
from tests.compliance.factories import answer_all
from tests.factories import NOON, make_product, make_supplier, make_user
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
BEFORE = 63
MODEL = "HL-KT17-W"
MAKER = "Ningbo Example Electric Co., Ltd."
TITLES = {
    "test_report": "TEST REPORT",
    "declaration_of_conformity": "DECLARATION OF CONFORMITY",
    "certification": "CERTIFICATE",
    "registration": "Confirmation of registration",
    "responsible_person": "EU RESPONSIBLE PERSON AGREEMENT",
    "manual": "USER MANUAL",
}
ROLES = {
    "responsible_person": "EU responsible person: Example GmbH, Musterstrasse 1, 10115 Berlin, Germany, mail@example.com",
    "responsible_party": "Responsible Party: Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA",
}
ACTS = "2014/35/EU, 2014/30/EU, 2011/65/EU, 2009/125/EC, (EC) 1935/2004"


def printed(requirement: Requirement, number: int) -> str:
    """A paper that says all that is asked of it."""
    asks = requirement.asks
    entry = ReferenceEntry.objects.filter(table="numbers", key=requirement.number_format).first()
    cited = [group[0].replace("*", "-1") for name in ("standards", "acts", "tests") for group in asks.get(name, [])]
    cited += [group[0].replace("*", "-15") for group in asks.get("parts", {}).values()]
    lines = [
        TITLES[requirement.kind],
        requirement.name,
        f"{'Registration' if entry else 'Report'} No.: {entry.data['example_valid'] if entry else f'EX-26-{number:04}'}",
        f"Applicant: {MAKER}",
        f"Product: Electric kettle 1.7 L, Model: {MODEL}",
        f"Standards: {', '.join(cited)}",
        ACTS if requirement.kind == "declaration_of_conformity" else requirement.legal_basis[:80],
        "Date of issue: 2026-11-02",
        "Valid from 2026-11-02 to 2027-11-01" if requirement.kind in ("registration", "certification") else "",
        "Laboratory: Example Testing Laboratory, Shenzhen, China CNAS L00001",
        ROLES.get(asks.get("person", {}).get("role"), ""),
        "Test conclusion: PASS" if requirement.kind == "test_report" else "",
        "Name and function: A. Example, Manager Signature: A. Example",
        "Place and date of issue: Ningbo, 2026-11-02",
    ]
    return "\n".join(filter(None, lines))


class Team:
    """People at their pages; `presses` counts what they send for papers."""

    def __init__(self) -> None:
        self.presses = 0
        self.people = {}

    def send(self, user, address: str, data: dict):
        self.presses += 1
        client = self.people.setdefault(user, Client())
        client.force_login(user)
        return client.post(address, data)

    def see(self, user, address: str):
        client = self.people.setdefault(user, Client())
        client.force_login(user)
        return client.get(address)


def work() -> None:
    for step in (read_next_document, examine_next_paper):
        while step(now=NOON):
            pass


def table(rows) -> dict:
    """The table as it stands there, filled by the machine."""
    data = {"rows": len(rows)}
    for row in rows:
        data |= {
            row[name].html_name: row[name].value() for name in row.fields if row[name].value() not in (None, False)
        }
    return data


def sort(team: Team, maker, wanted: dict[str, str]) -> int:
    """What the machine put where it belongs is handed in as it stands; the rest a person puts right. How many that were."""
    address = reverse("sorting-list")
    rows = team.see(maker, address).context["rows"]
    data, corrected, seen = table(rows), 0, set()
    for row in rows:
        key = wanted[row.paper.name]
        if key in seen:  # the same file proposed for another requirement too
            data.pop(row["take"].html_name, None)
            continue
        seen.add(key)
        if row["requirement"].value() != key:
            corrected += 1
            listings = [one.pk for one in row.wants[key].listings]
            data |= {row["requirement"].html_name: key, row["listings"].html_name: listings}
        data[row["take"].html_name] = "on"
        data.setdefault(row["issued_on"].html_name, "2026-11-02")
    team.send(maker, address, data)
    return corrected


def test_papers_of_a_kettle_for_two_markets_take_at_most_a_third_of_the_presses(catalogue):
    supplier = make_supplier("EX", name=MAKER)
    kettle = make_product("KT", supplier=supplier, markets=["US", "EU-DE"])
    maker, checker, manager = make_user(Role.MERCHANDISER), make_user(Role.QC), make_user(Role.MANAGER)
    answer_all(kettle, yes=("mains_powered", "has_plug", "food_contact"))
    set_product_facts(product=kettle, model_numbers=[MODEL], cosmetic_type="", actor=maker, at=NOON)
    team = Team()
    blocking = ChecklistItem.objects.filter(listing__product=kettle, is_blocking=True)
    asked = {item.requirement.key: item.requirement for item in blocking.select_related("requirement")}
    formulas = [key for key, one in asked.items() if one.kind in ("material_declaration", "ingredient_declaration")]

    # Everything that is a file, dropped at once.
    wanted, several = {}, []
    for number, (key, requirement) in enumerate(sorted(asked.items())):
        if key in formulas:
            continue
        is_label = requirement.kind == "label"
        name = f"{number}.png" if is_label else f"{number}.pdf"
        picture = encoded(scene(number, (160, 120)), "PNG").read() if is_label else b""
        several.append(SimpleUploadedFile(name, picture or files.pdf(printed(requirement, number))))
        wanted[name] = key
    team.send(maker, reverse("document-create"), {"key": uuid4(), "supplier": "EX", "file": several})
    work()
    corrected = sort(team, maker, wanted)
    rows = [Row("Steel", cas="7439-89-6", percent="100", part="Body")]
    declare(product=kettle, kind=DeclarationKind.MATERIALS, rows=rows, actor=make_user(Role.ADMIN), at=NOON)
    team.presses += 1
    work()

    # What is clear passes at once; of the rest a person says what it saw, and passes it, by one press each.
    def passed(person) -> None:
        team.send(person, reverse("checking-pass"), {"paper": _clear(team, person)})

    passed(checker)
    for evidence in Evidence.objects.filter(state="submitted"):
        checking = checking_of(evidence, checker)
        said = {f"finding-{row.finding.uid}": "yes" for row in checking.standing}
        said |= {f"page-{row.finding.uid}": "1" for row in checking.standing if row.tone == "warning"}
        said |= {f"why-{row.finding.uid}": "Read there" for row in checking.standing}
        said |= {f"element-{element.name}": "yes" for element in checking.shown.elements}
        team.send(checker, reverse("checking-paper", args=[evidence.uid]), {"key": uuid4(), "decision": "pass", **said})
    passed(manager)

    states = dict(blocking.values_list("requirement__key", "state"))
    pictures = sum(name.endswith(".png") for name in wanted)  # of which nothing tells what they are for
    assert (len(asked), pictures) == (BEFORE / 3, 6)
    assert corrected - pictures <= 2
    assert set(states.values()) == {"accepted"}, states
    assert team.presses <= BEFORE / 3


def _clear(team: Team, person) -> list[str]:
    page = team.see(person, reverse("evidence-list") + "?show=check")
    return [str(paper.uid) for paper in page.context["list"].page if paper.is_clear]
