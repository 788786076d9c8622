import pytest

from accounts.roles import Role
from suppliers.models import Product
from tests import rows
from tests.compliance.ready import PLUG, go_live, make_ready
from tests.factories import make_product, make_specification, make_supplier, make_user


@pytest.fixture(scope="module", autouse=True)
def around(catalogue_rows, django_db_blocker):
    """A kettle that plugs into the mains, live in the United States."""
    with django_db_blocker.unblock(), rows.undone():
        rows.put_back("catalogue")
        kettle = make_product("KT", supplier=make_supplier("HAILAN"), markets=("US",))
        make_specification(kettle)
        make_ready(kettle, yes=PLUG)
        go_live(kettle, actor=make_user(Role.MERCHANDISER))
        yield


@pytest.fixture
def kettle(db):
    return Product.objects.get(sku="KT")
