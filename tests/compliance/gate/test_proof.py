"""Whatever happens in whatever order, by whatever path: the stored gate is the one worked out anew."""

import json
import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from activity.errors import RuleBroken
from compliance.catalogue.services.requirements import FILE, load_catalogue
from compliance.checklist import services as checklists
from compliance.gate.reads import read_facts
from compliance.gate.services.gates import computed, recompute_all, refresh_due
from compliance.gate.services.go_live import GateClosed, plan_go_live, take_off
from compliance.models import ChecklistItem, Evidence, EvidenceState, Gate, GateDefect, Trait, Waiver
from compliance.paper.services.evidence import accept_evidence, check_evidence, refuse_evidence, revoke_evidence
from compliance.rules import gates
from compliance.trait.services import answer_traits
from compliance.waiver.services import end_waiver, request_waiver, sign_waiver
from inspections.hold.services.holds import Decision, decide_hold, expire_deviation, place_hold
from suppliers.models import Category, Market
from suppliers.services import update_product
from tests.compliance.factories import accept, answer_all, listing_of, submit
from tests.compliance.ready import accept_papers, gate_of, go_live, make_ready
from tests.factories import (
    NOON,
    inspect,
    make_batch,
    make_golden_sample,
    make_pilot,
    make_product,
    make_specification,
    make_supplier,
    make_user,
    pilot_outcomes,
)


def wrong_gates(at) -> list[tuple[str, list[str]]]:
    """What of each stored gate differs from what it should be at a moment."""
    found = []
    for listing, facts in read_facts(Gate.objects.values_list("pk", flat=True)):
        gate = Gate.objects.get(pk=listing.pk)
        should = computed(listing, facts, gates.evaluate(facts, at))
        if differing := [name for name, value in should.items() if getattr(gate, name) != value]:
            found.append((str(gate), differing))
    return found


class World:
    """Two products of two markets, and everything that can be done to them; what a rule refuses is not done."""

    def __init__(self):
        self.at = NOON
        self.supplier = make_supplier()
        self.people = {role: [make_user(role), make_user(role)] for role in (Role.QC, Role.MANAGER, Role.MERCHANDISER)}
        self.products = [make_product(supplier=self.supplier, markets=("US",)) for _each in range(2)]
        for product in self.products:
            make_specification(product)

    def person(self, role, index=0):
        return self.people[role][index]

    def do(self, action: str, choice: int) -> None:
        self.at += timedelta(minutes=1)
        product = self.products[choice % 2]
        try:
            with transaction.atomic():
                getattr(self, action)(product, choice // 2)
        except RuleBroken:
            pass

    def sample(self, product, choice):
        make_golden_sample(product, at=self.at)

    def pilot(self, product, choice):
        bad = {"damaged": range(1, 40)} if choice % 3 == 0 else {}
        actor = self.person(Role.MERCHANDISER)
        # One that nothing comes back of began just now: gates are worked out for the time of what happened last.
        run = make_pilot(product, size=100, actor=actor, begun=None if choice % 4 else self.at)
        if choice % 4:
            pilot_outcomes(run, actor=actor, at=self.at, conclude=True, **bad)

    def batch(self, product, choice):
        bad = {"LEAK": [3]} if choice % 3 == 0 else {}
        inspect(make_batch(product=product), actor=self.person(Role.QC), at=self.at, submit=bool(choice % 5), **bad)

    def reinspect(self, product, choice):
        batch = product.batches.order_by("-id").first() or make_batch(product=product)
        inspect(batch, actor=self.person(Role.QC, 1), at=self.at, **({"CORD": range(1, 20)} if choice % 2 else {}))

    def hold(self, product, choice):
        if batch := product.batches.order_by("-id").first():
            place_hold(batch=batch, note="Dented", actor=self.person(Role.QC), at=self.at)

    def decide(self, product, choice):
        for batch in product.batches.filter(on_hold__gt=0):
            hold = batch.holds.open().get()
            kind = ["release", "rework", "return", "scrap", "accept_on_deviation", "sort"][choice % 6]
            decision = Decision(
                kind,
                hold.remaining,
                "So be it",
                good=1,
                limit="This",
                expires_on=date(2026, 11, 25) + timedelta(choice),
            )
            decide_hold(hold=hold, decision=decision, signature="token", actor=self.person(Role.MANAGER, 1), at=self.at)

    def traits(self, product, choice):
        answer_all(product, actor=self.person(Role.QC), at=self.at)

    def one_trait(self, product, choice):
        keys = list(Trait.objects.order_by("key").values_list("key", flat=True))
        answer = [True, False, None][choice % 3]
        answer_traits(
            product=product, answers={keys[choice % len(keys)]: answer}, actor=self.person(Role.QC), at=self.at
        )

    def papers(self, product, choice):
        accept_papers(listing_of(product), at=self.at)

    def paper(self, product, choice):
        items = ChecklistItem.objects.filter(listing=listing_of(product)).order_by("requirement__key")
        if keys := list(items.values_list("requirement__key", flat=True)):
            submit(keys[choice % len(keys)], listing_of(product), at=self.at)

    def judge(self, product, choice):
        for evidence in Evidence.objects.filter(listings__product=product)[:2]:
            if evidence.state == EvidenceState.SUBMITTED:
                check_evidence(evidence=evidence, actor=self.person(Role.QC), at=self.at)
            elif evidence.state == EvidenceState.CHECKED and choice % 2:
                accept_evidence(evidence=evidence, actor=self.person(Role.MANAGER), at=self.at)
            elif evidence.state == EvidenceState.CHECKED:
                refuse_evidence(evidence=evidence, reason="Blurred", actor=self.person(Role.MANAGER), at=self.at)
            elif evidence.state == EvidenceState.ACCEPTED and choice % 2:
                revoke_evidence(evidence=evidence, reason="Forged", actor=self.person(Role.MANAGER), at=self.at)

    def waiver(self, product, choice):
        listing = listing_of(product)
        for item in ChecklistItem.objects.filter(listing=listing, state="missing").select_related("requirement")[:2]:
            waiver = request_waiver(
                listing=listing, requirement=item.requirement, reason="Test order", limit="200 units",
                expires_on=date(2026, 12, 1) + timedelta(choice), actor=self.person(Role.MANAGER), at=self.at,
            )  # fmt: skip
            if choice % 3:
                sign_waiver(waiver=waiver, actor=self.person(Role.MERCHANDISER), at=self.at)

    def unwaive(self, product, choice):
        for waiver in Waiver.objects.filter(listing__product=product).exclude(state="ended")[:1]:
            end_waiver(waiver=waiver, reason="Over", actor=self.person(Role.MANAGER), at=self.at)

    def plan(self, product, choice):
        on = self.at.date() + timedelta(choice * 7) if choice % 3 else None
        plan_go_live(listing=listing_of(product), on=on, actor=self.person(Role.MERCHANDISER), at=self.at)

    def live(self, product, choice):
        on = self.at.date() + timedelta(1 + choice)
        go_live(product, actor=self.person(Role.MERCHANDISER), on=on, at=self.at)

    def off(self, product, choice):
        actor = self.person(Role.MERCHANDISER)
        take_off(listing=listing_of(product), reason="Sold out", actor=actor, at=self.at)

    def change(self, product, choice):
        category = Category.objects.order_by("code")[choice % 4]
        update_product(
            product=product, name=f"Kettle {choice}", name_zh="", model_code="", category=category, merchandiser=None,
            new_markets=["UK"] if choice % 3 == 0 else [], actor=self.person(Role.MANAGER), at=self.at,
        )  # fmt: skip

    def ready(self, product, choice):
        make_ready(product, at=self.at)

    def days(self, product, choice):
        """Time passes, and the tasks of each minute run."""
        self.at += timedelta(days=choice * 20, hours=choice)
        for batch in product.batches.filter(deviation_until__lte=self.at, available__gt=0):
            expire_deviation(batch=batch, at=self.at)
        checklists.refresh_due(at=self.at)
        refresh_due(at=self.at)


ACTIONS = [name for name, value in vars(World).items() if callable(value) and name not in ("__init__", "do", "person")]
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 15)), min_size=1, max_size=8)


SOME = {
    "gl-english-manual",
    "gl-bill-of-materials",
    "gl-factory-licence",
    "us-country-of-origin",
    "us-fcc-sdoc",
    "us-nrtl-listing",
}
THEIR_TRAITS = {"mains_powered", "unintentional_radiator", "has_switching_supply", "has_lithium_battery"}


@pytest.fixture
def small_catalogue(db, tmp_path):
    """Of each kind one, so that many sequences can be tried."""
    data = json.loads(FILE.read_text())
    data["requirements"] = [row for row in data["requirements"] if row["key"] in SOME]
    data["traits"] = [row for row in data["traits"] if row["code"] in THEIR_TRAITS | {"external_power_supply"}]
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(data))
    return load_catalogue(path=path, at=NOON)


@pytest.mark.django_db
@given(begins_ready=st.booleans(), steps=STEPS)
@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_after_every_action_the_stored_gates_are_those_worked_out_anew(small_catalogue, begins_ready, steps):
    with transaction.atomic():
        world = World()
        if begins_ready:
            world.do("ready", 0)
            world.do("live", 0)
        for action, choice in steps:
            world.do(action, choice)
            refresh_due(at=world.at)  # the minute's task
            assert wrong_gates(world.at) == []
            assert list(Gate.objects.filter(live="live").exclude(state="open")) == []
        assert recompute_all(at=world.at) == 0
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_each_night_finds_what_was_broken_on_purpose_and_puts_it_right(small_catalogue, product, merchandiser, caplog):
    make_ready(product)
    go_live(product, actor=merchandiser)
    assert recompute_all(at=NOON) == 0
    broken = gate_of(product).checks
    broken[0]["why"] = "sample_unconfirmed"
    Gate.objects.filter(sku=product.sku).update(checks=broken, words="nobody finds this")

    assert recompute_all(at=NOON) == 1

    defect = GateDefect.objects.get()
    assert sorted(defect.stored) == ["checks", "words"]
    assert defect.stored["words"] == "nobody finds this"
    assert "is not what it should be: checks, words" in caplog.text
    assert wrong_gates(NOON) == []
    assert recompute_all(at=NOON) == 0


@pytest.mark.django_db
def test_a_paper_that_runs_out_suspends_when_its_last_day_is_over_in_the_market(small_catalogue, product, merchandiser):
    accept(submit("gl-english-manual", listing_of(product), valid_to=date(2026, 12, 31)))
    make_ready(product)
    go_live(product, actor=merchandiser)
    midnight = gates.start_of(date(2027, 1, 1), "America/New_York")

    assert gate_of(product).next_change_at == midnight
    assert (refresh_due(at=midnight - timedelta(seconds=1)), gate_of(product).live) == (0, "live")
    assert (refresh_due(at=midnight), gate_of(product).live) == (1, "suspended")
    assert gate_of(product).failing == ["manual"]


def in_threads(*calls) -> list[BaseException | None]:
    """Run calls at the same moment, each on a connection of its own; what each raised."""
    start, raised = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        try:
            start.wait()
            call()
        except BaseException as error:
            raised[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_a_hold_and_a_decision_at_the_same_moment_none_is_lost(small_catalogue, product, merchandiser, manager):
    make_ready(product)
    batch = product.batches.get()

    decided, held = in_threads(
        lambda: go_live(product, actor=merchandiser),
        lambda: place_hold(batch=batch, note="Dented", actor=manager, at=NOON + timedelta(minutes=1)),
    )

    assert held is None
    assert decided is None or isinstance(decided, GateClosed)
    assert (gate_of(product).state, gate_of(product).live) == ("closed", "never" if decided else "suspended")
    assert wrong_gates(NOON + timedelta(minutes=1)) == []


@pytest.mark.django_db(transaction=True)
def test_changes_of_two_batches_at_the_same_moment_are_both_seen(product, inspector, manager):
    batches = [make_batch(product=product) for _each in range(4)]
    for batch in batches:
        inspect(batch, actor=inspector)

    raised = in_threads(
        *(lambda batch=batch: place_hold(batch=batch, note="Dented", actor=manager, at=NOON) for batch in batches)
    )

    assert raised == [None] * 4
    [holds] = [check for check in gate_of(product).checks if check["code"] == "open_holds"]
    assert holds["data"]["count"] == 4
    assert wrong_gates(NOON) == []


@pytest.mark.django_db
def test_a_market_that_is_made_later_is_closed_too(product):
    mars = Market.objects.create(
        code="MARS",
        name="Mars",
        zone="Pacific/Auckland",
        country_names="Mars",
        voltage=230,
        languages=["en"],
        return_days=30,
        return_days_source="Assumed",
    )
    product.listings.create(market=mars)

    assert (gate_of(product, "MARS").state, gate_of(product, "MARS").checks) == ("closed", [])
    refresh_due(at=NOON + timedelta(days=3650))
    assert len(gate_of(product, "MARS").checks) == 9
