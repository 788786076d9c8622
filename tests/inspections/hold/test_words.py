import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from activity import story as stories
from activity.models import Event
from activity.story import event_sentence
from config.architecture import APPS
from inspections.batch.services.shipments import ship
from inspections.hold.services.holds import Decision, decide_hold, place_hold, respond_to_hold
from inspections.hold.words import hold_sentence, hold_title
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result
from inspections.inspection.services.results import ResultInput
from inspections.inspection.words import verdict_reasons
from inspections.models import Hold
from tests.factories import NOON, after, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db


def story(batch):
    return [event_sentence(event) for event in Event.objects.filter(stream=batch.stream).order_by("id")]


def test_the_reasons_of_a_verdict_name_the_rejecting_class_first(batch, inspector):
    inspection = inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6], PRINT=[9])

    assert verdict_reasons(inspection) == [
        "major: 6 nonconforming units of 80, at most 5 allowed",
        "critical: 0 nonconforming units of 80, at most 0 allowed",
        "minor: 1 nonconforming unit of 80, at most 7 allowed",
    ]


def test_there_are_no_reasons_before_the_verdict(batch, inspector):
    assert verdict_reasons(plan_inspection(batch=batch, actor=inspector, at=NOON)) == []


def test_an_aql_above_ten_speaks_of_nonconformities(inspector):
    product = make_product()
    scheme = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "15"}}
    make_specification(product, scheme=scheme)
    inspection = inspect(make_batch(product=product), actor=inspector, PRINT=[1, 2])

    assert verdict_reasons(inspection)[-1] == "minor: 2 nonconformities in 80 units, at most 21 allowed"


@pytest.mark.parametrize(
    ("results", "title", "sentence"),
    [
        (
            ResultInput("HEIGHT", readings=["50.1", "49.9", "50.9"]),
            "B-2611-042 is stopped: body height over the limit",
            "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm.",
        ),
        (
            ResultInput("HEIGHT", readings=["49.10"]),
            "B-2611-042 is stopped: body height under the limit",
            "Body height of unit 1 is 49.10 mm, lower limit 49.5 mm.",
        ),
        (
            ResultInput("LEAK", nonconforming_units=[7, 9]),
            "B-2611-042 is stopped: no leak not conforming",
            "No leak: unit 7 does not conform.",
        ),
        (
            ResultInput("LEAK", nonconforming=2),
            "B-2611-042 is stopped: no leak not conforming",
            "No leak: 2 units do not conform.",
        ),
    ],
)
def test_a_critical_hold_says_what_was_found(batch, inspector, results, title, sentence):
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(inspection=inspection, sent=results, actor=inspector, at=NOON)

    hold = Hold.objects.get()
    assert (hold_title(hold), hold_sentence(hold)) == (title, sentence)


def test_a_hold_uses_the_name_of_the_readers_language(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])

    with translation.override("zh-hans"):
        assert "不漏水" in hold_title(Hold.objects.get())


def test_a_rejected_and_a_manual_hold_say_why(batch, inspector, manager):
    inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
    rejected = Hold.objects.get()
    other = place_hold(batch=make_batch("B-2"), note="Wet cartons", actor=manager, at=NOON)

    assert [(hold_title(hold), hold_sentence(hold)) for hold in (rejected, other)] == [
        (
            "B-2611-042 is stopped: round 1 rejected (major)",
            "Round 1 was rejected: too many nonconformities of the class major.",
        ),
        ("B-2 is stopped: ordered by quality", "Wet cartons"),
    ]


def test_the_whole_story_of_a_batch_reads_in_sentences(batch, inspector, manager, merchandiser, supplier_user):
    abandoned = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(
        inspection=abandoned, sent=ResultInput("PRINT", nonconforming_units=[4]), actor=inspector, at=after(1)
    )
    abandon_inspection(inspection=abandoned, reason="Rain", actor=inspector, at=after(2))
    inspect(batch, actor=inspector, at=after(3), LEAK=[3])
    hold = Hold.objects.get()
    respond_to_hold(
        hold=hold, root_cause="Worn die", corrective_action="Replaced", wants_reinspection=True,
        actor=supplier_user, at=after(4),
    )  # fmt: skip
    decide_hold(
        hold=hold, decision=Decision("sort", 1000, "By hand", good=990), signature="token", actor=manager, at=after(5)
    )
    decide_hold(hold=hold, decision=Decision("scrap", 10, "Leaking"), signature="token", actor=manager, at=after(6))
    ship(batch=batch, quantity=400, reference="TT-5521", actor=merchandiser, at=after(7))

    plan = "critical: 80 units, at most 0 · major: 80 units, at most 5 · minor: 80 units, at most 7"
    found = "Nonconforming units: critical 1, major 0, minor 0"
    assert story(batch) == [
        ("Batch registered", "1,000 units", "waiting"),
        ("Round 1 began", plan, "waiting"),
        ("PRINT recorded", "1 nonconforming unit", "warning"),
        ("Round 1 abandoned", "Rain", "warning"),
        ("Finding, minor", "Box print: unit 4 does not conform.", "waiting"),
        ("Round 1 began", plan, "waiting"),
        ("Hold placed on 1,000 units", "No leak: unit 3 does not conform.", "stopped"),
        ("Round 1 rejected", found, "stopped"),
        ("The supplier answered", "Worn die · Replaced · asks for re-inspection", "waiting"),
        ("Decided: sort, 1,000 units", "990 good, 10 bad · By hand", "warning"),
        ("Decided: scrap, 10 units", "Leaking", "warning"),
        ("Hold ended", "Everything that it covered is decided.", "accepted"),
        ("400 units shipped", "TT-5521", "accepted"),
    ]
    assert hold_title(Hold.objects.get()) == "B-2611-042 was stopped: no leak not conforming"


# What records an event, and what names a kind for it. "webhook.*" is no part of any story: it is told on the webhook's page.
RECORDS = re.compile(r'(?:\b(?:happened|record_event|_tell)\(\s*|\b(?:kind|KIND) = )"([a-z_]+\.[a-z_]+)"')
OF_STATES = {
    "evidence.refused",
    "evidence.revoked",
    "finding.confirmed",
    "finding.overruled",
    "gate.closed",
    "reference.changed",
}  # made of a state, or the other one of two


def test_every_kind_that_the_code_records_has_a_sentence():
    kinds = set(OF_STATES)
    for app in APPS[1:]:  # what becomes of webhooks stands on their own page
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            kinds |= set(RECORDS.findall(Path(path).read_text()))
    assert kinds >= {"batch.registered", "waiver.signed", "evidence.looked_up", "papers.run_out", "gate.opened"}
    assert kinds - set(stories._sentences) == set()
