import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils.timezone import localdate

from accounts.models import User
from activity.models import Event
from compliance.models import Gate, Standing
from config.__main__ import DEMO_PASSWORD, SIGN_INS
from inspections.models import (
    Batch,
    DoubtFlag,
    Hold,
    Inspection,
    MarginInputs,
    MarketReturn,
    Photo,
    Proposal,
    ReferenceComparison,
    Sample,
)
from inspections.photo.page import reused_photos
from inspections.photo.tasks import process_waiting_photos
from suppliers.models import Supplier

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for all of these tests, and taken back after the last."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def test_the_sign_ins_that_are_printed_open_the_demo(demo):
    assert {user.username for user in User.objects.all() if user.check_password(DEMO_PASSWORD)} == set(SIGN_INS)
    assert {user.username: user.role for user in User.objects.all()} == {
        "qc": "qc", "manager": "manager", "merchandiser": "merchandiser",
        "supplier": "supplier", "rival": "supplier", "admin": "admin",
    }  # fmt: skip


def test_the_demo_has_kettles_in_every_state(demo):
    states = {
        batch.number: (batch.state, batch.available, batch.shipped)
        for batch in Batch.objects.filter(number__startswith="B-2611")
    }

    assert states == {
        "B-2611-036": ("accepted", 0, 998),
        "B-2611-037": ("closed", 0, 0),
        "B-2611-038": ("accepted", 359, 640),
        "B-2611-039": ("accepted", 999, 0),
        "B-2611-040": ("accepted", 999, 0),
        "B-2611-041": ("on_hold", 0, 0),
        "B-2611-042": ("on_hold", 0, 0),
        "B-2611-043": ("on_hold", 0, 0),
        "B-2611-044": ("awaiting", 0, 0),
        "B-2611-045": ("awaiting", 0, 0),
        "B-2611-046": ("awaiting", 0, 0),
    }
    assert Batch.objects.get(number="B-2611-037").returned == 1000
    assert Hold.objects.get(batch__number="B-2611-039").ended_by_inspection.round == 2
    assert Hold.objects.get(batch__number="B-2611-042").responses.count() == 1
    assert Inspection.objects.get(batch__number="B-2611-044").status == "open"


def test_each_of_two_suppliers_has_something_that_the_other_must_not_see(demo):
    held = {s.code: Hold.objects.open().filter(batch__supplier=s).count() for s in Supplier.objects.all()}

    assert held == {"HAILAN": 5, "RIVAL": 3}


def test_the_photos_of_the_demo_show_what_was_found_and_one_is_used_twice(demo):
    process_waiting_photos()

    ready = Photo.objects.filter(status="ready")
    assert [p.sample.code for p in ready.exclude(sample=None).order_by("id")] == [
        "HL-KT17-W-S1.1", "HL-KT17-W-S1.2", "HL-KT17-W-S1.2",
    ]  # fmt: skip
    assert {(p.inspection.batch.number, p.characteristic.code, p.unit_number) for p in ready.filter(sample=None)} == {
        ("B-2611-037", "LID", 8), ("B-2611-039", "LEAK", 31), ("B-2611-041", "MANUAL", 2),
        ("B-2611-042", "HEIGHT", 3), ("B-2611-044", "HEIGHT", 12),
    }  # fmt: skip
    [reused] = reused_photos(User.objects.get(username="manager"))
    assert (reused.inspection.batch.number, reused.earlier_use.inspection.batch.number) == ("B-2611-044", "B-2611-042")


def test_the_demo_has_one_doubt_beside_the_photo_and_boils_by_variables(demo):
    doubts = DoubtFlag.objects.exclude(kind="photo").select_related("inspection__batch", "characteristic")
    assert [(d.inspection.batch.number, d.kind, d.characteristic.code) for d in doubts] == [
        ("B-2611-041", "run", "CORD")
    ]
    boiled = Inspection.objects.get(batch__number="B-2611-040").variables_tally["BOIL"]
    assert (boiled["read"], boiled["settled"]) == (35, "accepted")


def test_the_demo_has_samples_in_every_state(demo):
    samples = Sample.objects.order_by("id")

    assert {(s.code, s.status, s.version) for s in samples} == {
        ("HL-KT17-W-S1.1", "refused", None), ("HL-KT17-W-S1.2", "approved", 1), ("RV-CAN-6OZ-S1.1", "approved", 1),
        ("RV-KT17-S1.1", "approved", 1),
        ("HL-PCB-4-S1.1", "checked", None), ("RV-LAMP-D2-S1.1", "received", None),
        ("HL-BOX-20-S1.1", "approved", 1), ("HL-RACK-3-S1.1", "approved", 1),
    }  # fmt: skip
    assert {comparison.characteristic.code for comparison in ReferenceComparison.objects.all()} == {"HEIGHT", "LID"}


def test_the_demo_is_made_once(demo):
    before = Event.objects.count()

    call_command("demo", verbosity=0)

    assert Event.objects.count() == before


def test_the_demo_is_refused_outside_demo_mode(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("demo")


def test_the_demo_has_returns_that_propose_something_and_margins(demo):
    assert set(Proposal.objects.filter(status="open").values_list("kind", "subject")) == {
        ("raise_class", "ASSEMBLY"), ("add_characteristic", "scratched"),
    }  # fmt: skip
    assert MarketReturn.objects.filter(batch__number="B-2611-036").count() >= 12
    assert MarketReturn.objects.filter(batch=None).exists()
    assert not MarketReturn.objects.filter(product__sku="HL-PC-A5", batch=None).exists()
    assert MarginInputs.objects.count() == 2


def test_the_demo_has_listings_in_every_standing(demo):
    gates = {(gate.sku, gate.market): gate for gate in Gate.objects.all()}

    assert {gate.standing for gate in gates.values()} == set(Standing.values)
    assert {where for where, gate in gates.items() if gate.standing == "live"} == {
        ("HL-BOX-20", "US"), ("HL-BOX-20", "UK"), ("HL-BOX-20", "MY"),
    }  # fmt: skip
    assert gates["HL-BOX-20", "SG"].standing == "open"
    assert gates["HL-RACK-3", "US"].failing == ["latest_batch", "open_holds"]
    assert 0 < (gates["HL-BOX-20", "UK"].valid_until - localdate()).days <= 60
