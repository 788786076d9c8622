"""The people of every permission test, and what they act on."""

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from accounts.roles import Role
from activity.models import Event
from compliance.catalogue.services.reference import load_reference
from compliance.catalogue.services.requirements import load_catalogue
from compliance.checklist.services import refresh_checklists
from compliance.models import CatalogueVersion
from suppliers.models import Listing, Supplier
from tests import rows, template
from tests.factories import NOON, make_batch, make_product, make_specification, make_supplier, make_user


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Each process tests on a copy of one database that was migrated."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = template.ready()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that commits leaves the rows that migrations made (groups, categories), and no other."""
    assert connections["default"].settings_dict["NAME"].startswith("test_"), "mark tests that need the database"
    with django_db_blocker.unblock(), rows.emptied("migrated"):
        rows.keep("migrated", rows.filled())
        _keep_kettle()
        yield


def _keep_kettle():
    """The supplier and the product of most tests, each made by its services once."""
    before = rows.filled()
    supplier = make_supplier("HAILAN")
    rows.keep("supplier", rows.filled() - before)
    make_specification(make_product("HL-KT17-W", supplier=supplier))
    counted_by_the_database = {"inspections_versioncount"}
    rows.keep("product", rows.filled() - before - counted_by_the_database, beside="supplier")
    rows.empty(rows.filled())  # with what refers to a product, of which migrations made some
    rows.put_back("migrated")


@pytest.fixture(scope="session")
def catalogue_rows(django_db_setup, django_db_blocker):
    """The rows of the catalogue, read from its file once."""
    with django_db_blocker.unblock():
        before = rows.filled()
        load_reference(at=NOON)
        load_catalogue(at=NOON)
        rows.keep("catalogue", rows.filled() - before)
        rows.empty(rows.filled() - before)


@pytest.fixture(scope="session", autouse=True)
def quick_settings():
    """What every test would pay for without proving anything; for the session, so that what is made once is quick too.

    Pages are rendered without `collectstatic`, which `make check` proves on its own, and no test client looks through all
    collected files before its first answer. A slow hash for every person of every test is minutes of waiting; the sign-in
    tests bring the real one.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": plain},
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def supplier(db):
    rows.put_back("supplier")
    return Supplier.objects.get(code="HAILAN")


@pytest.fixture
def product(supplier):
    if supplier.code == "HAILAN" and not CatalogueVersion.objects.exists():  # else it has a checklist from the start
        rows.put_back("product")
        return supplier.products.select_related("category").get()
    product = make_product("HL-KT17-W", supplier=supplier)
    make_specification(product)
    return product


@pytest.fixture
def batch(product):
    return make_batch("B-2611-042", product=product)


@pytest.fixture
def inspector(db):
    return make_user(Role.QC, "inspector")


@pytest.fixture
def manager(db):
    return make_user(Role.MANAGER, "manager")


@pytest.fixture
def merchandiser(db):
    return make_user(Role.MERCHANDISER, "merchandiser")


@pytest.fixture
def admin(db):
    user = make_user(Role.ADMIN, "admin")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def supplier_user(supplier):
    return make_user(Role.SUPPLIER, "supplier", supplier=supplier)


@pytest.fixture
def rival_supplier(db):
    return make_user(Role.SUPPLIER, "rival", supplier=make_supplier("RIVAL", name="Rival Works"))


@pytest.fixture
def event_kinds():
    """The kinds of a stream's events, in order."""
    return lambda stream: list(Event.objects.filter(stream=stream).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def catalogue(catalogue_rows, db):
    """The requirements as they come with the product."""
    rows.put_back("catalogue")
    refresh_checklists(list(Listing.objects.values_list("pk", flat=True)), at=NOON)
    return CatalogueVersion.objects.get()
