"""Severity and discontinuation belong to supplier and product: a change of the scheme is no way out of them (R13)."""

import pytest
from django.db import Error, transaction
from django.urls import reverse

from inspections.inspection.services.planning import Discontinued, plan_inspection
from inspections.models import SwitchingStep
from inspections.sampling import switching
from inspections.sampling.by_class import start_each
from inspections.switching.services import dump, signal, where_it_stands
from tests.caller import Caller
from tests.factories import NOON, SCHEME, after, inspect, make_batch, make_specification
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db
OTHER = SCHEME | {"aql": {"major": "4.0", "minor": "4.0"}}
BAD = list(range(1, 12))


@pytest.fixture
def run(product, inspector):
    """Inspect fresh batches, one for each letter: a(ccepted), r(ejected for major)."""

    def inspect_all(verdicts: str):
        return [
            inspect(make_batch(product=product), actor=inspector, **({} if verdict == "a" else {"LID": BAD}))
            for verdict in verdicts
        ]

    return inspect_all


@pytest.mark.parametrize(
    "scheme", [OTHER, SCHEME | {"kind": "double", "standard": "ansi-z1.4"}, {"kind": "fixed", "n": 5}]
)
def test_discontinued_stays_so_until_somebody_signs(run, product, inspector, manager, scheme):
    waiting = make_batch(product=product)
    run("rr" + "rrrrr")

    specification = make_specification(product, scheme=scheme)

    assert where_it_stands(specification).severities["major"] == "discontinued"
    held = make_batch(product=product)
    assert (held.on_hold, held.holds.get().reason) == (1000, "discontinued")
    with pytest.raises(Discontinued):
        plan_inspection(batch=waiting, actor=inspector, at=after(1))

    signal(product=product, kind="resumed", note="New seals", signature="token", actor=manager, at=after(2))

    held.refresh_from_db()
    assert (where_it_stands(specification).severities["major"], held.state) == ("tightened", "awaiting")
    assert plan_inspection(batch=held, actor=inspector, at=after(3)).severity == "tightened"


def test_tightened_stays_so_and_counts_on_towards_discontinuation(run, product):
    run("rr" + "rrra")
    specification = make_specification(product, scheme=OTHER)

    state = where_it_stands(specification).states["major"]
    assert (state.status, state.not_accepted, state.accepted_in_a_row) == ("tightened", 3, 0)
    assert [each.severity for each in run("rr")] == ["tightened"] * 2
    assert where_it_stands(specification).severities["major"] == "discontinued"


def test_one_of_two_that_tighten_is_not_forgotten(run, product):
    run("r")
    specification = make_specification(product, scheme=OTHER)
    run("r")

    assert where_it_stands(specification).severities["major"] == "tightened"


def test_what_was_earned_is_earned_anew(run, product, manager):
    run("a" * 10)
    signal(product=product, kind="reduced_approved", note="Ten", signature="token", actor=manager, at=NOON)
    assert where_it_stands(product.specifications.get()).severities["major"] == "reduced"

    specification = make_specification(product, scheme=OTHER)

    standing = where_it_stands(specification)
    assert (
        standing.severities["major"],
        standing.states["major"].score,
        standing.states["major"].reduced_approved,
    ) == ("normal", 0, False)
    assert (standing.lots, [each.severity for each in run("aa")]) == (0, ["normal", "normal"])


def test_there_and_back_is_no_way_out_either(run, product):
    run("rr")
    make_specification(product, scheme={"kind": "fixed", "n": 5})
    run("aaaaaa")
    specification = make_specification(product, scheme=SCHEME)

    assert where_it_stands(specification).severities["major"] == "tightened"


def test_what_was_planned_by_the_scheme_before_takes_nothing_back(run, product, inspector):
    old = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    specification = make_specification(product, scheme=OTHER)
    run("aaa")
    assert where_it_stands(specification).states["major"].score == 9

    assert where_it_stands(old.specification).scheme_key == specification.scheme_key
    assert where_it_stands(old.specification).states["major"].score == 9


def test_a_change_of_what_a_drift_does_changes_nothing(run, product):
    run("rra")
    specification = make_specification(product, scheme=SCHEME | {"drift": "tighten"})

    assert where_it_stands(specification).states["major"].reason.code == "two_in_five"


def test_page_and_answer_say_it_in_words(run, client, product, manager):
    run("rr")
    make_specification(product, scheme=OTHER)
    client.force_login(manager)

    _status, answer = Caller(manager).send("GET", f"products/{product.sku}/switching/")
    page = client.get(reverse("product-switching", args=[product.sku])).content.decode()

    said = "Inspection was tightened before the sampling scheme was changed, and stays so. 2 of the last 2 batches"
    assert (answer["severity"], answer["reason"]) == ("tightened", "carried_over")
    assert said in answer["detail"]
    assert said in page
    assert len(answer["history"]) == 2


def test_the_page_requalifies_under_any_scheme(run, client, product, manager):
    run("rr" + "rrrrr")
    make_specification(product, scheme={"kind": "fixed", "n": 5})
    client.force_login(manager)

    page = client.get(reverse("product-switching", args=[product.sku]))

    assert "Sampling inspection is discontinued" in page.content.decode()
    assert [choice.value for choice in page.context["choices"]] == ["resumed"]
    _status, answer = Caller(manager).send("GET", f"products/{product.sku}/switching/")
    assert answer["severity"] == "discontinued"


def test_carrying_over_twice_keeps_the_first_reason():
    state = switching.replay(
        [switching.Lot({}, {}, reference=name, rejected_otherwise=True) for name in ("B-1", "B-2")]
    )
    once = switching.carry_over(state)

    assert switching.carry_over(once).reason.params["why"] == state.reason.as_dict()
    assert (once.severity, once.reason.params["lot"]) == ("tightened", "B-2")


# Round the code


def insert_step(product, severity_before, severity, *, key="another", kind="production_steady"):
    state = dump(start_each())
    alike = dict.fromkeys(state, "normal")
    step = SwitchingStep(
        supplier=product.supplier, product=product, scheme_key=key, kind=kind, state=state, at=NOON,
        severities_before=alike | {"major": severity_before}, severities=alike | {"major": severity}, lots=0,
    )  # fmt: skip
    with pytest.raises(Error) as refusal, transaction.atomic():
        step.save()
    return refusal.value.__cause__.diag.constraint_name


def test_by_sql_a_step_goes_on_from_the_one_before(run, product):
    run("rr")
    assert insert_step(product, "normal", "normal") == "switching_step_goes_on_from_the_one_before"
    run("rrrrr")
    assert insert_step(product, "discontinued", "normal") == "switching_step_goes_on_from_the_one_before"


def test_by_sql_a_first_submission_is_planned_by_what_was_reached(run, product, inspector):
    open_one = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
    run("rr")
    columns = [f.column for f in type(open_one)._meta.concrete_fields if f.column != "id"]
    other = make_batch(product=product)
    own = {"uid": "gen_random_uuid()", "batch_id": str(other.pk)}
    statement = (
        f"INSERT INTO inspections_inspection ({', '.join(columns)})"
        f" SELECT {', '.join(own.get(c, c) for c in columns)} FROM inspections_inspection WHERE id = {open_one.pk}"
    )

    assert refused(statement) == "inspection_is_planned_by_the_severity_reached"


def test_by_sql_a_step_is_written_once(run, product):
    run("r")

    for change in (
        "UPDATE inspections_switchingstep SET note = 'another'",
        "DELETE FROM inspections_switchingstep",
    ):
        assert "of inspections_switchingstep is refused: these rows are written once" in refused(change)
