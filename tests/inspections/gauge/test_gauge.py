"""Studies of gauges: entered, kept, and told where a measurement is shown."""

import datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse

from activity.errors import InvalidInput, NotAllowed
from inspections.gauge import words
from inspections.gauge.services import Row, record_study
from inspections.models import GaugeStudy
from tests.caller import Caller
from tests.factories import NOON, inspect, make_batch, make_specification
from tests.inspections.rules.test_gauge import AIAG

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 1)


def rows_of(scale=0.01, middle=200.0):
    """The study of the handbook, around the height of the kettle."""
    return [
        Row(str(part + 1), "ABC"[person], [f"{middle + scale * value:.4f}" for value in trials])
        for person, parts in enumerate(AIAG)
        for part, trials in enumerate(parts)
    ]


@pytest.fixture
def kettle(product):
    make_specification(product)
    return product


def study(product, actor, **sent):
    facts = {"code": "HEIGHT", "gauge": "Calliper 7", "rows": rows_of(), "reference": {}, "done_on": DAY, "note": ""}
    return record_study(product=product, actor=actor, at=NOON, **facts | sent)


def said_rows(good="good", bad="bad"):
    return [Row(str(part), who, [good if part % 2 else bad] * 2) for part in range(10) for who in "AB"]


def test_a_study_says_what_the_gauge_takes_of_the_tolerance(kettle, inspector, event_kinds):
    stored = study(kettle, inspector)

    width = float(stored.upper - stored.lower)
    assert words.share_of(stored) == pytest.approx(6 * 0.00302373 / width, rel=1e-3)
    assert words.headline(stored).startswith("The gauge takes ")
    assert stored.figures["categories"] == 4
    assert event_kinds(f"product:{kettle.sku}")[-1] == "gauge.studied"


def test_a_study_of_today_is_taken_where_the_day_has_begun_earlier(kettle, inspector):
    """It is the 23rd in Shanghai, and still the 22nd in UTC."""
    evening = datetime.datetime(2026, 11, 22, 20, 0, tzinfo=datetime.UTC)

    assert record_study(
        product=kettle, code="HEIGHT", gauge="G", rows=rows_of(), reference={}, done_on=datetime.date(2026, 11, 23), note="",
        actor=inspector, at=evening,
    ).pk  # fmt: skip


def test_agreement_of_what_is_not_measured_knows_what_was_missed(kettle, inspector):
    known = {str(part): "good" if part % 2 else "bad" for part in range(10)}
    rows = [*said_rows()[:-1], Row("9", "B", ["合格", "NG"])]  # of a good part
    stored = study(kettle, inspector, code="LID", rows=rows, reference=known)

    stored.refresh_from_db()

    assert stored.figures["false_alarms"] == {"A": [0, 10], "B": [1, 10]}
    assert "B: 0 of 10 looks at a bad part called it good, 1 of 10 at a good part called it bad." in words.sentences(
        stored
    )


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"code": "NONE"}, "characteristic", "unknown_characteristic"),
        ({"gauge": " "}, "gauge", "required"),
        ({"done_on": datetime.date(2027, 1, 1)}, "done_on", "in_the_future"),
        ({"rows": [Row("1", "A", ["x"])]}, "rows", "not_a_number"),
        ({"rows": [Row("1", "", ["1"])]}, "rows", "incomplete"),
        ({"rows": []}, "rows", "operators"),
        ({"rows": rows_of()[:-1]}, "rows", "unequal"),
        ({"code": "LID", "rows": [Row("1", "A", ["perhaps"])]}, "rows", "not_said"),
        ({"code": "LID", "rows": said_rows(), "reference": {"1": "good"}}, "rows", "reference"),
        ({"code": "LID", "rows": said_rows(), "reference": {"1": "?"}}, "reference", "not_said"),
    ],
)
def test_what_cannot_be_judged_is_refused_at_its_field(kettle, inspector, sent, field, code):
    with pytest.raises(InvalidInput) as refused:
        study(kettle, inspector, **sent)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
    assert not GaugeStudy.objects.exists()


def test_who_does_not_inspect_records_no_study(kettle, supplier_user):
    with pytest.raises(NotAllowed):
        study(kettle, supplier_user)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_by_sql_a_study_is_written_once(kettle, inspector, change):
    study(kettle, inspector)

    with pytest.raises(IntegrityError, match="written once"):
        GaugeStudy.objects.update(gauge="another") if change == "update" else GaugeStudy.objects.all().delete()


def test_it_is_entered_on_a_page_as_copied_from_a_spreadsheet_and_told_there(client, kettle, inspector):
    client.force_login(inspector)
    url = reverse("product-gauges", args=[kettle.sku])
    key = client.get(url).context["form"]["key"].value()
    table = "\n".join("\t".join([row.part, row.operator, *row.values]) for row in rows_of())
    sent = {"key": key, "characteristic": "HEIGHT", "gauge": "Calliper 7", "done_on": "2026-11-01", "rows": table}

    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 302
    assert GaugeStudy.objects.count() == 1
    assert "The gauge takes" in client.get(url).content.decode()
    version = reverse("specification-detail", args=[kettle.sku, 1])
    assert "The gauge takes" in client.get(version).content.decode()


def test_a_line_that_is_no_row_is_named_and_nothing_typed_is_lost(client, kettle, inspector):
    client.force_login(inspector)
    url = reverse("product-gauges", args=[kettle.sku])
    sent = {"characteristic": "HEIGHT", "gauge": "G", "done_on": "2026-11-01", "rows": "1 A 2.0\n2 A"}
    sent["key"] = client.get(url).context["form"]["key"].value()
    text = client.post(url, sent).content.decode()

    assert "Line 2 needs a part, who measured, and what was read." in text
    assert "1 A 2.0\n2 A" in text


def test_suppliers_see_no_study(client, kettle, inspector, supplier_user):
    study(kettle, inspector)
    client.force_login(supplier_user)

    assert client.get(reverse("product-gauges", args=[kettle.sku])).status_code == 403
    assert "The gauge takes" not in client.get(reverse("specification-detail", args=[kettle.sku, 1])).content.decode()


def test_the_api_stores_a_study_and_names_units_that_the_gauge_cannot_tell(client, kettle, inspector):
    caller = Caller(inspector)
    rows = [{"part": row.part, "operator": row.operator, "values": row.values} for row in rows_of(scale=10)]
    sent = {"characteristic": "HEIGHT", "gauge": "Tape", "done_on": "2026-11-01", "rows": rows}
    status, stored = caller.send("POST", f"products/{kettle.sku}/gauge-studies/", sent)
    inspection = inspect(make_batch(product=kettle), actor=inspector)
    told = caller.send("GET", f"inspections/{inspection.uid}/gauges/")[1]["checks"]
    client.force_login(inspector)
    page = client.get(reverse("inspection-detail", args=[inspection.uid])).content.decode()

    assert (status, stored["guard_band"]) == (201, pytest.approx(1.645 * 3.02373, rel=1e-3))
    assert [row["id"] for row in caller.send("GET", f"products/{kettle.sku}/gauge-studies/")[1]["results"]] == [
        stored["id"]
    ]
    assert [(check["characteristic"], len(check["units"])) for check in told] == [("HEIGHT", 80)]
    assert "where the gauge cannot tell" in page
