"""A version has a number of its own, and an editor that was opened on an old version drops nothing of a newer one."""

from dataclasses import replace

import pytest
from django.urls import reverse

from inspections.models import Specification
from inspections.specification.services.versions import ActivatedMeanwhile, activate_specification, draft_specification
from tests.caller import Caller
from tests.factories import KETTLE, NOON, SCHEME, after, make_product
from tests.inspections.models.test_rules_by_sql import refused
from tests.inspections.specification.test_views import codes, edit, row, typed

pytestmark = pytest.mark.django_db

MORE = [*KETTLE, replace(KETTLE[-1], code="NEW", name="Something new")]


@pytest.fixture
def bare(supplier):
    """A product that nothing is specified of yet."""
    return make_product("HL-BARE", supplier=supplier)


def draft(product, actor, characteristics=KETTLE, at=NOON, **facts):
    return draft_specification(
        product=product, characteristics=characteristics, scheme=SCHEME, actor=actor, at=at, **facts
    )


def test_a_draft_that_is_replaced_takes_its_number_with_it(bare, manager, merchandiser):
    assert [draft(bare, who, at=after(n)).version for n, who in enumerate((manager, merchandiser, manager))] == [
        1,
        2,
        3,
    ]
    assert list(bare.specifications.values_list("version", flat=True)) == [3]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            (
                "INSERT INTO inspections_specification (product_id, version, status, scheme, scheme_key, drafted_by_id,"
                " drafted_at, loosens, signed_reason, signature) SELECT product_id, 1, 'retired', scheme, 'x', drafted_by_id,"
                " drafted_at, false, '', '' FROM inspections_specification"
            ),
            "version_number_is_used_once",
        ),
        ("UPDATE inspections_specification SET version = 7", "specification_keeps_its_number"),
        ("UPDATE inspections_versioncount SET last = 0", "version_count_goes_up"),
        ("DELETE FROM inspections_versioncount", "version_count_goes_up"),
    ],
)
def test_the_database_uses_no_number_twice(bare, manager, statement, rule):
    for n in range(2):
        draft(bare, manager, at=after(n))

    assert refused(statement) == rule


def test_the_address_of_a_replaced_draft_leads_to_what_took_its_place(client, manager, bare):
    draft(bare, manager)
    draft(bare, manager, at=after(1))
    client.force_login(manager)

    for name in ("specification-detail", "specification-activate"):
        answer = client.get(reverse(name, args=[bare.sku, 1]))
        assert answer.url == reverse("specification-detail", args=[bare.sku, 2])
    assert client.get(reverse("specification-detail", args=[bare.sku, 3])).status_code == 404


class TestAnEditorOpenedOnAnOldVersion:
    @pytest.fixture
    def meanwhile(self, product, merchandiser):
        """What puts a version with one more characteristic in force, as version 2."""
        return lambda: activate_specification(
            specification=draft(product, merchandiser, MORE), actor=merchandiser, at=NOON
        )

    def test_the_page_says_409_what_changed_and_keeps_what_was_typed(self, client, manager, product, meanwhile):
        client.force_login(manager)
        page = client.get(reverse("specification-edit", args=[product.sku]))
        assert typed(page, "written_from") == "1"
        meanwhile()

        answer = edit(client, product, row(0, code="MINE"), written_from="1")

        said = answer.content.decode()
        assert (answer.status_code, codes(answer)) == (409, ["MINE"])
        assert "Version v2 is in force since you read v1" in said
        assert "NEW Something new is added (minor)." in said
        assert not product.specifications.filter(status="draft").exists()
        assert typed(answer, "written_from") == "2"
        assert edit(client, product, row(0, code="MINE"), written_from="2").status_code == 302

    def test_the_api_says_409(self, manager, product, meanwhile):
        caller, address = Caller(manager), f"products/{product.sku}/specification/"
        read = caller.send("GET", address)[1]
        meanwhile()
        body = {"characteristics": read["characteristics"], "scheme": read["scheme"], "written_from": read["version"]}
        body["characteristics"][-1]["name"] = "Another name"

        status, answer = caller.send("PUT", address, body)

        assert (status, answer["code"]) == (409, "activated_meanwhile")
        assert Specification.objects.get(status="active").version == 2

    def test_the_first_version_of_all_counts_too(self, product, manager):
        with pytest.raises(ActivatedMeanwhile):
            draft(product, manager, written_from=0)
        assert draft(product, manager, written_from=1).version == 2
