"""Every page and every person: not yours is 404, yours but not allowed is 403, nobody signed in is sent to sign in.

A route that is missing here fails. What is looked at exists and belongs to one supplier, so that there is something to leak.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.roles import Role
from activity.models import Webhook
from compliance.declaration.services import declare
from compliance.models import DeclarationKind, Loosening
from compliance.reading.declared import Row
from compliance.waiver.services import request_waiver
from inspections.batch.services.shipments import ship
from inspections.hold.services.holds import respond_to_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.photo.services import add_photo, process_next_photo
from tests import rows
from tests.compliance.factories import listing_of, submit
from tests.factories import (
    after,
    bring_back,
    inspect,
    make_batch,
    make_pilot,
    make_product,
    make_sample,
    make_specification,
    make_supplier,
    make_user,
    pilot_outcomes,
    returned,
)
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db

PEOPLE = ["inspector", "manager", "merchandiser", "supplier_user", "rival_supplier", "admin"]
OPEN = {
    "calendar-feed",
    "healthz",
    "livez",
    "language",
    "manifest",
    "metrics",
    "service-worker",
    "session",
    "theme",
}  # for everyone, signed in or not
EVERYONE = [200] * 6
TEAM_ONLY = [200, 200, 200, 403, 403, 200]
MANAGERS = [403, 200, 403, 403, 403, 200]
ADMINS = [403, 403, 403, 403, 403, 200]
OWN = [200, 200, 200, 200, 404, 200]

# url name: what a GET answers to each of PEOPLE. 405: only a POST is known, and the tests of its view prove who may.
PAGES: dict[str, list[int]] = {
    "home": EVERYONE,
    "batch-list": EVERYONE,
    "batch-create": [200, 200, 200, 403, 403, 200],
    "batch-detail": OWN,
    "hold-place": [200, 200, 403, 403, 404, 200],
    "finding-record": [200, 200, 403, 403, 404, 200],
    "batch-set-aside": [200, 200, 200, 403, 404, 200],
    "inspection-list": EVERYONE,
    "inspection-detail": OWN,
    "inspection-picks": [200, 200, 200, 403, 404, 200],
    "inspection-record": [200, 200, 403, 403, 404, 200],
    "inspection-abandon": [200, 200, 403, 403, 404, 200],
    "typing-error-name": [200, 200, 403, 403, 404, 200],
    "photo-file": OWN,
    "sample-list": EVERYONE,
    "sample-detail": OWN,
    "sample-create": [200, 200, 403, 403, 403, 200],
    "sample-check": [200, 200, 403, 403, 404, 200],
    "sample-edit": [200, 200, 403, 403, 404, 200],
    "sample-label": [200, 200, 200, 403, 404, 200],
    "product-samples": OWN,
    "supplier-list": EVERYONE,
    "supplier-detail": OWN,
    "supplier-create": [403, 200, 200, 403, 403, 200],
    "supplier-edit": [403, 200, 200, 403, 404, 200],
    "supplier-members": [403, 200, 200, 403, 404, 200],
    "product-list": EVERYONE,
    "product-detail": OWN,
    "product-create": [403, 200, 200, 403, 403, 200],
    "product-switching": OWN,
    "product-ladder": OWN,
    "product-gauges": [200, 200, 200, 403, 404, 200],
    "ladder-characteristic": OWN,
    "drift-list": TEAM_ONLY,
    "product-edit": [403, 200, 200, 403, 404, 200],
    "product-margin": [403, 200, 200, 403, 404, 200],
    "specification-edit": [403, 200, 200, 403, 404, 200],
    "specification-detail": OWN,
    "product-returns": OWN,
    "return-week": TEAM_ONLY,
    "return-create": TEAM_ONLY,
    "return-correct": [200, 200, 200, 403, 404, 200],
    "return-withdraw": [200, 200, 200, 403, 404, 200],
    "return-list": EVERYONE,
    "return-detail": OWN,
    "sampling-plan": EVERYONE,
    "sampling-compare": EVERYONE,
    "sampling-limiting-quality": EVERYONE,
    "sampling-search": EVERYONE,
    "sampling-switching": EVERYONE,
    "sampling-interval": EVERYONE,
    "pilot-list": EVERYONE,
    "pilot-detail": OWN,
    "pilot-record": [200, 200, 200, 404, 404, 200],
    "pilot-measure": [200, 200, 200, 404, 404, 200],
    "pilot-carry-over": [403, 200, 403, 404, 404, 200],
    "pilot-failure": [403, 200, 403, 404, 404, 200],
    "pilot-stop": [200, 200, 200, 404, 404, 200],
    "pilot-plan": [200, 200, 200, 403, 404, 200],
    "pilot-limits": [200, 200, 200, 403, 404, 200],
    "pilot-limits-sign": [403, 200, 403, 403, 404, 200],
    "product-pilots": OWN,
    "doubt-list": MANAGERS,
    "hold-list": EVERYONE,
    "hold-detail": OWN,
    "hold-respond": [403, 403, 403, 200, 404, 200],
    "response-file": OWN,
    "shipment-list": [200, 200, 200, 403, 403, 200],
    "shipment-create": [403, 200, 200, 403, 404, 200],
    "shipment-reverse": [403, 200, 200, 403, 404, 200],
    "board": TEAM_ONLY,
    "board-export": TEAM_ONLY,
    "calendar": EVERYONE,
    "change-list": EVERYONE,
    "listing-detail": OWN,
    "import-list": [403, 200, 200, 403, 403, 200],
    "import-create": [403, 200, 200, 403, 403, 200],
    "import-template": [403, 200, 200, 403, 403, 200],
    "listing-pack": [200, 200, 200, 403, 404, 200],
    "product-compliance": OWN,
    "evidence-list": EVERYONE,
    "sorting-list": EVERYONE,
    "checking-paper": [200, 200, 403, 403, 403, 200],
    "evidence-create": [302] * 6,  # without a requirement it leads to what is wanted
    "evidence-detail": OWN,
    "document-list": EVERYONE,
    "document-create": EVERYONE,
    "document-detail": OWN,
    "document-file": [200, 200, 200, 200, 404, 200],
    "document-page": [200, 200, 200, 200, 404, 200],
    "product-declarations": [200, 200, 403, 200, 404, 200],
    "declaration-enter": [200, 200, 403, 200, 404, 200],
    "declaration-detail": [200, 200, 404, 200, 404, 200],
    "reference-list": EVERYONE,
    "reference-detail": EVERYONE,
    "reference-edit": ADMINS,
    "loosening-list": TEAM_ONLY,
    "loosening-detail": [200, 200, 200, 404, 404, 200],
    "waiver-list": EVERYONE,
    "waiver-detail": OWN,
    "waiver-request": [403, 200, 200, 403, 404, 200],
    "requirement-list": EVERYONE,
    "requirement-detail": EVERYONE,
    "requirement-create": ADMINS,
    "requirement-edit": ADMINS,
    "requirement-change-list": ADMINS,
    "operations": ADMINS,
    "webhook-list": MANAGERS,
    "webhook-create": MANAGERS,
    "webhook-detail": MANAGERS,
    "webhook-edit": MANAGERS,
    "account": EVERYONE,
    "unsent": EVERYONE,
    "styleguide": EVERYONE,
}
# Routes that change something, or lead on at once; who may is proved beside their views.
ELSEWHERE = {
    "passkey-by-number",
    "feed-create",
    "feed-revoke",
    "view-remove",
    "view-save",
    "drift-end",
    "evidence-act",
    "checking",
    "checking-pass",
    "finding-spot",
    "finding-decide",
    "label-check",
    "sections-confirm",
    "product-facts",
    "reference-confirm",
    "evidence-lookup",
    "hold-countersign",
    "hold-decide",
    "hold-order",
    "import-apply",
    "import-columns",
    "import-detail",
    "import-leave-out",
    "inspection-start",
    "inspection-submit",
    "listing-go-live",
    "listing-plan",
    "listing-take-off",
    "member-remove",
    "photo-create",
    "proposal-accept",
    "proposal-dismiss",
    "pilot-conclude",
    "pilot-start",
    "requirement-change-decide",
    "reference-picture",
    "requirement-confirm",
    "inspection-compare",
    "typing-error-refuse",
    "sample-cancel",
    "sample-decide",
    "sample-further",
    "sample-further-sign",
    "sample-move",
    "sample-withdraw",
    "specification-activate",
    "specification-sign",
    "time-zone",
    "token-create",
    "token-revoke",
    "loosening-refuse",
    "loosening-sign",
    "waiver-end",
    "waiver-sign",
    "webhook-act",
    "webhook-delete",
    "webhook-test",
    "webhook-replay",
    "webhook-secret",
}


def our_routes() -> set[str]:
    """The names of our own pages: not the API, allauth's and the admin's, which have tests of their own."""

    def names(resolver, prefix=""):
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from names(pattern, route)
            elif not route.startswith(("api/", "accounts/", "admin/")):
                yield pattern.name

    return set(names(get_resolver()))


@pytest.fixture(scope="module", autouse=True)
def around(catalogue_rows, django_db_blocker):
    """Pages are only looked at here: what they are about is made once."""
    with django_db_blocker.unblock(), rows.undone():
        yield


@pytest.fixture(scope="module")
def supplier(around):
    return make_supplier("HAILAN")


@pytest.fixture(scope="module")
def people(supplier):
    admin = make_user(Role.ADMIN, "admin")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    return {
        "inspector": make_user(Role.QC, "inspector"),
        "manager": make_user(Role.MANAGER, "manager"),
        "merchandiser": make_user(Role.MERCHANDISER, "merchandiser"),
        "supplier_user": make_user(Role.SUPPLIER, "supplier", supplier=supplier),
        "rival_supplier": make_user(Role.SUPPLIER, "rival", supplier=make_supplier("RIVAL", name="Rival Works")),
        "admin": admin,
    }


@pytest.fixture(scope="module")
def arguments(people, supplier):
    """What each route is about: all of it of one supplier, on hold and answered, with a photo and a file."""
    inspector, merchandiser, supplier_user = people["inspector"], people["merchandiser"], people["supplier_user"]
    rows.put_back("catalogue")
    product = make_product("HL-KT17-W", supplier=supplier)
    make_specification(product)
    batch = make_batch("B-2611-042", product=product)
    inspection = inspect(batch, actor=inspector, LEAK=[3])
    photo = add_photo(
        inspection=inspection, file=SimpleUploadedFile("a.jpg", encoded(scene(1)).read()), characteristic="LEAK", unit_number=3,
        actor=inspector, at=after(1),
    )  # fmt: skip
    process_next_photo(now=after(1))
    response = respond_to_hold(
        hold=batch.holds.get(), root_cause="Worn die", corrective_action="Replaced", actor=supplier_user, at=after(2),
        files=[SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof")],
    )  # fmt: skip
    open_inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(3))
    shipped = make_batch(product=product)
    inspect(shipped, actor=inspector)
    shipment = ship(batch=shipped, quantity=1, actor=merchandiser, at=after(3))
    concluded = pilot_outcomes(make_pilot(product), actor=inspector, conclude=True)
    [came_back] = bring_back(returned("R-1", batch=batch.number))
    evidence = submit("gl-english-manual", listing_of(product), actor=supplier_user)
    waiver = request_waiver(
        listing=listing_of(product), requirement=evidence.requirement, reason="In print", limit="500 units",
        expires_on=after(4).date() + timedelta(30), actor=merchandiser, at=after(4),
    )  # fmt: skip
    loosening = Loosening.objects.create(
        cause="answers", about=product.sku, asked_by=merchandiser, asked_at=after(4), changed_by=[merchandiser.pk]
    )
    declared = declare(
        product=product, kind=DeclarationKind.MATERIALS, rows=[Row(name="Steel", percent="90")], actor=supplier_user, at=after(4)
    )  # fmt: skip
    return {
        "document-page": [evidence.document.uid, 1],
        "declaration": [declared.declaration.uid],
        "declaration-enter": [product.sku, "material_declaration"],
        "reference": ["substances", "eu-rohs-7439-92-1-157"],
        "pilot": [make_pilot(product).uid],
        "pilot-detail": [concluded.uid],
        "pilot-plan": [product.sku],
        "pilot-limits": [product.sku],
        "pilot-limits-sign": [product.sku],
        "batch": [batch.number],
        "shipment": [batch.number],
        "shipment-reverse": [shipped.number, shipment.uid],
        "hold-place": [batch.number],
        "finding-record": [batch.number],
        "inspection": [open_inspection.uid],
        "inspection-detail": [inspection.uid],
        "typing-error-name": [open_inspection.uid],
        "hold": [batch.holds.get().uid],
        "photo": [photo.uid, "small"],
        "sample": [make_sample(product, actor=inspector, submit=False).uid],
        "response": [response.files.get().uid],
        "supplier": [supplier.code],
        "product": [product.sku],
        "ladder": [product.sku, "HEIGHT"],
        "specification-edit": [product.sku],
        "specification": [product.sku, 1],
        "import-template": ["batches", "csv"],
        "listing": [product.sku, "US"],
        "board-export": ["csv"],
        "return-detail": [came_back.uid],
        "return-correct": [came_back.uid],
        "return-withdraw": [came_back.uid],
        "evidence": [evidence.uid],
        "checking": [evidence.uid],
        "document": [evidence.document.uid],
        "waiver-request": [product.sku, "US", "gl-english-manual"],
        "waiver": [waiver.uid],
        "loosening": [loosening.uid],
        "requirement": ["gl-english-manual"],
        "webhook": [
            Webhook.objects.create(
                name="lister", url="https://example.com", kinds=[], created_by=inspector, created_at=after(4)
            ).uid
        ],
    }


def address(name: str, arguments: dict) -> str:
    if name != "shipment-create" and name.endswith(("-list", "-create")):
        return reverse(name)
    for key in (name, name.split("-")[0]):
        if key in arguments:
            return reverse(name, args=arguments[key])
    return reverse(name)


def test_no_route_is_missing_here():
    assert our_routes() == set(PAGES) | ELSEWHERE | OPEN


@pytest.mark.parametrize("name", PAGES)
def test_who_sees_what(name, arguments, people):
    answers = []
    for person in PEOPLE:
        client = Client()
        client.force_login(people[person])
        answer = client.get(address(name, arguments))
        answers.append(answer.status_code)
        if answer.streaming:  # closing the answer itself would close the database connection of the test
            for close in answer._resource_closers:
                close()

    assert dict(zip(PEOPLE, answers, strict=True)) == dict(zip(PEOPLE, PAGES[name], strict=True))


@pytest.mark.parametrize("name", sorted(PAGES))
def test_nobody_signed_in_is_sent_to_sign_in(name, arguments, client):
    answer = client.get(address(name, arguments))

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["batch-detail", "product-detail", "supplier-detail"])
def test_what_does_not_exist_is_404(name, client, people):
    client.force_login(people["manager"])

    assert client.get(reverse(name, args=["NONE"])).status_code == 404
    assert client.get(reverse("hold-detail", args=[uuid4()])).status_code == 404
