"""The description of the API is true: generated calls get no answers but those that it describes."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode

from accounts.roles import Role
from config.wsgi import application
from inspections.inspection.services.planning import plan_inspection
from tests import rows
from tests.caller import Caller
from tests.factories import (
    after,
    inspect,
    make_batch,
    make_pilot,
    make_product,
    make_sample,
    make_specification,
    make_supplier,
    make_user,
)

pytestmark = pytest.mark.django_db

load_all_checks()
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
schema = schema.exclude(path_regex="/pack/$")  # a stream that nobody closes here; the tests of packs read it
schema.app = application
schema.config.update(base_url="http://localhost")
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE], database="none")


@pytest.fixture(autouse=True)
def _one_connection():
    """Requests stay in the test's transaction, as those of Django's test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A caller who may do everything, and the names of records that there are: made once, each test undoes its own."""
    with django_db_blocker.unblock(), rows.undone():
        yield _world()


def _world():
    product = make_product("HL-KT17-W", supplier=make_supplier("HAILAN"))
    make_specification(product)
    batch = make_batch("B-2611-042", product=product)
    inspector, admin = make_user(Role.QC, "inspector"), make_user(Role.ADMIN, "admin")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    inspection = inspect(batch, actor=inspector, LEAK=[3])
    names = {
        "number": batch.number,
        "batch": batch.number,
        "sku": batch.product.sku,
        "product": batch.product.sku,
        "code": batch.supplier.code,
        "supplier": batch.supplier.code,
        "category": "electrical_appliance",
        "characteristic": "LEAK",
        "market": "US",
    }
    under_way = plan_inspection(batch=batch, actor=inspector, at=after(60))
    ids = {"/api/v1/holds/": str(inspection.hold.uid), "/api/v1/inspections/": str(under_way.uid)}
    ids["/api/v1/pilot-runs/"] = str(make_pilot(batch.product).uid)
    ids["/api/v1/samples/"] = str(make_sample(batch.product, submit=False).uid)
    return Caller(admin)._credentials["HTTP_AUTHORIZATION"], names, ids


@schema.given(is_known=st.booleans())
@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_calls_get_the_answers_that_are_described(case, is_known, world):
    authorization, names, ids = world
    if is_known:  # half of the calls are about records that there are
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                part.update({name: names[name] for name in part if name in names})
        for prefix, uid in ids.items():
            if case.path.startswith(prefix) and "id" in case.path_parameters:
                case.path_parameters["id"] = uid

    case.call_and_validate(headers={"Authorization": authorization, "Accept-Encoding": "identity"}, checks=CHECKS)


def test_the_description_is_valid_openapi_and_public(client):
    response = client.get(reverse("api-schema"))

    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.0")
    OpenAPIV31SpecValidator(response.json()).validate()


def test_a_generator_reads_what_is_sent_and_answered(client):
    """What made one refuse the description, and typed clients break on the first page or lose what only one act answers."""
    told = client.get(reverse("api-schema")).json()
    schemas = told["components"]["schemas"]

    def values(node, name):
        if isinstance(node, dict):
            yield from ([node[name]] if name in node else [])
            for each in node.values():
                yield from values(each, name)
        elif isinstance(node, list):
            for each in node:
                yield from values(each, name)

    lists = [schema for name, schema in schemas.items() if name.startswith("Paginated")]
    assert lists
    assert all(page["properties"]["next"]["type"] == ["string", "null"] for page in lists)
    assert list(values(told, "nullable")) == []
    requests = {name: schema for name, schema in schemas.items() if name.endswith("Request")}
    assert [name for name, schema in requests.items() if list(values(schema.get("properties"), "default"))] == []
    secret = told["paths"]["/api/v1/webhooks/{id}/renew-secret/"]["post"]["responses"]["200"]["content"]
    assert secret["application/json"]["schema"]["$ref"].endswith("/WebhookWithSecret")
    assert told["components"]["securitySchemes"]["token"] == {
        "type": "http", "scheme": "bearer", "description": "A personal API token.",
    }  # fmt: skip


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json", "application/*", "*/*"])
def test_whoever_takes_json_gets_it(world, accept):
    caller = Client(headers={"Authorization": world[0].replace("Token ", "Bearer "), "Accept": accept})

    answers = [
        caller.get(f"/api/v1/{path}") for path in ("holds/", "holds/?state=none", "no/such/path/", "../nothing/")
    ]

    assert [answer.status_code for answer in answers] == [200, 400, 404, 404]
    assert [answer["Content-Type"].partition(";")[0] for answer in answers] == [
        "application/json", *["application/problem+json"] * 3,
    ]  # fmt: skip
    assert caller.get("/api/v1/holds/", headers={"Accept": "text/csv"}).status_code == 406


def test_every_refusal_is_described_as_a_problem(client):
    paths = client.get(reverse("api-schema")).json()["paths"]

    assert len(paths) >= 20
    for path, operations in paths.items():
        for method, operation in operations.items():
            refusals = {status for status in operation["responses"] if status >= "400"}
            assert refusals >= {"400", "401", "403", "404"}, (path, method)
            if method == "post":
                assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]], path
