"""What returns say about inspections: when a change is chance, and when it proposes something."""

from dataclasses import replace
from datetime import timedelta
from math import comb

import pytest
from django.db import Error, connection, transaction

from activity.errors import InvalidInput, NotAllowed
from activity.tasks import deliver_events
from inspections.batch.services.shipments import ship
from inspections.models import Proposal
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import (
    AlreadyDecided,
    NothingToChange,
    accept_proposal,
    dismiss_proposal,
    follow_versions,
    propose,
)
from inspections.rules import escapes
from inspections.rules.escapes import Evidence
from inspections.specification.services.characteristics import input_of
from inspections.specification.services.versions import activate_specification, draft_specification
from tests.factories import (
    CORD,
    KETTLE,
    LEAK,
    LID,
    NOON,
    SCHEME,
    after,
    bring_back,
    inspect,
    make_specification,
    returned,
)
from tests.inspections.models.test_rules_by_sql import refused

# Pure


def test_the_chance_of_so_many_escapes_is_that_of_the_binomial():
    found = escapes.evidence(4, 600, batches=1, since="2026-05-26", nonconformity_class="major")

    exact = 1 - sum(comb(600, k) * 0.001**k * 0.999 ** (600 - k) for k in range(4))
    assert found.chance == pytest.approx(exact, rel=1e-9)
    assert escapes.is_convincing(found)


@pytest.mark.parametrize(
    ("count", "shipped", "name", "convinces"),
    [
        (2, 600, "major", False),  # too few to speak of
        (3, 100_000, "major", False),  # one in a thousand is tolerated
        (3, 0, "major", False),  # no record of shipments, so no rate
        (3, 300, "major", True),
        (1010, 1000, "major", True),  # more than the records say were shipped: doubted, and silent about nothing
        (8, 1000, "minor", False),
        (15, 1000, "minor", True),
    ],
)
def test_what_convinces(count, shipped, name, convinces):
    found = escapes.evidence(count, shipped, batches=1, since="2026-05-26", nonconformity_class=name)

    assert escapes.is_convincing(found) is convinces


def test_a_dismissed_proposal_comes_back_with_twice_as_much():
    old = Evidence(4, 600, 1, "2026-05-26", 0.001, 0.003)

    assert not escapes.is_new_evidence(Evidence(7, 600, 1, "2026-05-26", 0.001, 0.0), old)
    assert escapes.is_new_evidence(Evidence(8, 600, 1, "2026-05-26", 0.001, 0.0), old)


@pytest.mark.parametrize(
    ("now", "before", "units", "chance", "verdict", "is_rise"),
    [
        (5, 5, (600, 600), 1.0, "none", False),
        (6, 3, (600, 600), 0.5078125, "could_be", True),  # 2 * sum(comb(9, k) for k <= 3) / 2**9
        (0, 6, (600, 600), 0.03125, "doubtful", False),  # 2 / 2**6
        (12, 1, (600, 600), 14 * 2 / 2**13, "hardly", True),
        (0, 0, (600, 600), 1.0, "none", False),
        (10, 5, (2000, 1000), 1.0, "none", False),  # twice as many of twice as many units
        (6, 6, (900, 100), 0.00054, "hardly", False),  # as many of nine times the units: a lower rate
        (0, 14, (0, 600), None, "not_judged", False),
        (3, 0, (600, 0), None, "not_judged", True),
    ],
)
def test_a_change_against_the_week_before(now, before, units, chance, verdict, is_rise):
    change = escapes.Change(now, before, *units)

    assert change.chance == (None if chance is None else pytest.approx(chance, abs=1e-4))
    assert (change.verdict, change.is_rise) == (verdict, is_rise)


# Proposed, accepted, dismissed


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=NOON - timedelta(days=10))
    return batch


@pytest.fixture
def loose_lids(shipped, product, manager):
    """Four lids of 600 came back scratched, which the major characteristic LID should have caught."""
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in range(4)))
    [proposal] = propose(product=product, at=after(1))
    return proposal


@pytest.mark.django_db
def test_more_escapes_than_chance_propose_to_raise_the_class(loose_lids, product, event_kinds):
    assert (loose_lids.kind, loose_lids.subject, loose_lids.class_from, loose_lids.class_to) == (
        "raise_class", "LID", "major", "critical",
    )  # fmt: skip
    assert {name: loose_lids.evidence[name] for name in ("escapes", "shipped", "batches")} == {
        "escapes": 4, "shipped": 600, "batches": 1,
    }  # fmt: skip
    assert event_kinds(f"product:{product.sku}")[-1] == "proposal.made"
    assert propose(product=product, at=after(2)) == []  # it is open already


@pytest.mark.django_db
def test_what_nothing_catches_proposes_a_characteristic_and_the_carrier_none(shipped, product):
    bring_back(*(returned(f"R-{n}", complaints=["smell", "late"]) for n in range(4)))

    [proposal] = propose(product=product, at=after(1))

    assert (proposal.kind, proposal.subject, proposal.class_to) == ("add_characteristic", "smell", "major")


@pytest.mark.django_db
def test_the_event_of_new_returns_makes_the_proposal(shipped, product, manager):
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in range(4)))

    deliver_events()

    assert Proposal.objects.get().subject == "LID"


@pytest.mark.django_db
def test_accepting_drafts_a_version_and_nothing_is_in_force_before_it_is_activated(loose_lids, product, manager):
    accept_proposal(proposal=loose_lids, actor=manager, at=after(2))

    draft = product.specifications.get(status="draft")
    classes = dict(draft.characteristics.values_list("code", "nonconformity_class"))
    before = dict(
        product.specifications.get(status="active").characteristics.values_list("code", "nonconformity_class")
    )
    assert (before["LID"], classes) == ("major", before | {"LID": "critical"})
    assert Proposal.objects.get().drafted_version == draft.version == 2
    with pytest.raises(AlreadyDecided):
        accept_proposal(proposal=loose_lids, actor=manager, at=after(3))
    activate_specification(specification=draft, actor=manager, at=after(4))
    assert propose(product=product, at=after(5)) == []


@pytest.mark.django_db
def test_an_added_characteristic_keeps_what_the_draft_had(shipped, product, manager, loose_lids):
    accept_proposal(proposal=loose_lids, actor=manager, at=after(2))
    bring_back(*(returned(f"S-{n}", complaints=["smell"]) for n in range(4)))
    [smell] = propose(product=product, at=after(3))

    accept_proposal(proposal=smell, actor=manager, at=after(4))

    draft = product.specifications.get(status="draft")
    assert draft.characteristics.get(code="LID").nonconformity_class == "critical"
    added = draft.characteristics.get(code="SMELL")
    assert (added.aspect, added.nonconformity_class, added.is_measured) == ("material", "major", False)
    assert (added.name, added.name_zh) == ("No complaint: Smells", "无此投诉：有异味")


@pytest.mark.django_db
@pytest.mark.parametrize("complaint", ["scratched", "smell"])  # raises a class; adds a characteristic
def test_what_nothing_was_proposed_about_stays_as_it_was(shipped, product, manager, complaint):
    own_plan = {"aql": "1.0", "level": "II", "form": 2}
    cord = replace(CORD, variables=own_plan, picture="references/cord.png", method="Tape, straight", method_zh="卷尺")
    make_specification(product, (LEAK, cord, LID))
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    bring_back(*(returned(f"R-{n}", complaints=[complaint]) for n in range(4)))
    [proposal] = propose(product=product, at=after(1))

    accept_proposal(proposal=proposal, actor=manager, at=after(2))

    in_force, draft = (
        {
            row.pop("code"): row
            for row in product.specifications.get(status=status).characteristics.values()
            if row.pop("id") and row.pop("specification_id")
        }
        for status in ("active", "draft")
    )
    assert in_force["CORD"]["variables"] == own_plan
    assert {code: draft[code] for code in ("LEAK", "CORD")} == {code: in_force[code] for code in ("LEAK", "CORD")}
    changed = {name for name, value in draft["LID"].items() if value != in_force["LID"][name]}
    assert changed == ({"nonconformity_class"} if complaint == "scratched" else set())


@pytest.mark.django_db
def test_dismissing_takes_a_reason_and_keeps_it_quiet_until_there_is_twice_as_much(loose_lids, product, manager):
    with pytest.raises(InvalidInput):
        dismiss_proposal(proposal=loose_lids, reason=" ", actor=manager, at=after(2))
    dismiss_proposal(proposal=loose_lids, reason="One careless carrier", actor=manager, at=after(2))

    bring_back(*(returned(f"S-{n}", complaints=["scratched"]) for n in range(3)))
    assert propose(product=product, at=after(3)) == []
    bring_back(returned("S-9", complaints=["scratched"]))
    assert [each.evidence["escapes"] for each in propose(product=product, at=after(4))] == [8]


@pytest.mark.django_db
def test_only_who_specifies_decides(loose_lids, inspector, supplier_user):
    for actor in (inspector, supplier_user):
        with pytest.raises(NotAllowed):
            accept_proposal(proposal=loose_lids, actor=actor, at=after(2))
        with pytest.raises(NotAllowed):
            dismiss_proposal(proposal=loose_lids, reason="No", actor=actor, at=after(2))


@pytest.mark.django_db
def test_a_proposal_that_no_longer_fits_is_refused(loose_lids, manager):
    Proposal.objects.filter(pk=loose_lids.pk).update(subject="GONE")

    with pytest.raises(NothingToChange):
        accept_proposal(proposal=loose_lids, actor=manager, at=after(2))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inspections_proposal SET status = 'dismissed', decided_at = now(), decided_by_id = {user}",
        "UPDATE inspections_proposal SET status = 'accepted', decided_at = now(), decided_by_id = {user}",
        "DELETE FROM inspections_proposal",
    ],
)
def test_the_database_keeps_proposals(loose_lids, manager, statement):
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(user=manager.pk))
    assert Proposal.objects.get().status == "open"


@pytest.mark.django_db
def test_what_was_decided_stays(loose_lids, manager):
    dismiss_proposal(proposal=loose_lids, reason="No", actor=manager, at=after(2))

    with pytest.raises(Error), transaction.atomic():
        Proposal.objects.update(status="open", decided_at=None, decided_by=None)


class TestWhatBecomesOfAnAcceptedProposal:
    """Y12: accepted is done when a version with it is in force, and open again when its draft is replaced."""

    @pytest.fixture
    def accepted(self, loose_lids, product, manager):
        accept_proposal(proposal=loose_lids, actor=manager, at=after(2))
        follow_versions(product=product, at=after(2))
        loose_lids.refresh_from_db()
        return loose_lids

    def followed(self, proposal, minutes=4):
        follow_versions(product=proposal.product, at=after(minutes))
        proposal.refresh_from_db()
        return proposal.status, proposal.drafted_version

    def test_it_is_drafted_and_then_in_force(self, accepted, product, manager, event_kinds):
        assert self.followed(accepted) == ("accepted", 2)
        activate_specification(specification=product.specifications.get(status="draft"), actor=manager, at=after(3))

        assert self.followed(accepted) == ("done", 2)
        assert self.followed(accepted) == ("done", 2)
        assert event_kinds(f"product:{product.sku}").count("proposal.done") == 1
        assert accepted.decided_by == manager

    def test_a_draft_without_it_opens_it_again_and_more_evidence_is_not_asked(
        self, accepted, product, merchandiser, event_kinds
    ):
        other = draft_specification(
            product=product, characteristics=KETTLE, scheme=SCHEME, actor=merchandiser, at=after(3)
        )

        assert other.version == 3
        assert self.followed(accepted) == ("open", None)
        assert event_kinds(f"product:{product.sku}")[-1] == "proposal.reopened"
        assert accepted.decided_by is None

    def test_a_draft_with_it_keeps_it_drafted(self, accepted, product, manager):
        draft = product.specifications.get(status="draft")
        again = [input_of(each) for each in draft.characteristics.order_by("position")]
        draft_specification(product=product, characteristics=again, scheme=SCHEME, actor=manager, at=after(3))

        assert self.followed(accepted) == ("accepted", 3)

    def test_the_receivers_follow_what_is_drafted(self, accepted, product, merchandiser):
        draft_specification(product=product, characteristics=KETTLE, scheme=SCHEME, actor=merchandiser, at=after(3))
        deliver_events()

        accepted.refresh_from_db()
        assert accepted.status == "open"

    @pytest.mark.parametrize(
        "statement", ["status = 'dismissed', reason = 'x', drafted_version = NULL", "decided_at = now()"]
    )
    def test_the_database_lets_it_become_nothing_else(self, accepted, statement):
        assert refused(f"UPDATE inspections_proposal SET {statement}") == "proposal_is_decided_once"
