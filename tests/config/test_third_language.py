"""A third language is a catalogue under locale/ and one entry in the settings: Vietnamese, with one message."""

import re
import zipfile

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from activity.models import Event
from activity.story import event_sentence
from compliance.models import Finding
from compliance.paper.services.packs import make_pack
from compliance.paper.words import sentence
from config import messages
from imports import kinds
from imports.forms import ColumnsForm
from imports.models import Import
from imports.templates import header_of
from inspections.calculator.words.variables import rejected_names
from inspections.hold.words import hold_title
from inspections.ladder.words import drift_title
from inspections.models import Characteristic, Drift, Hold
from inspections.pilot.forms.runs import complaint_choices
from suppliers.addresses import addresses_of_supplier
from suppliers.models import Listing
from tests.factories import inspect

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Products"
msgstr "Hàng hóa"
"""


@pytest.fixture
def vietnamese(tmp_path):
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    messages.compile_changed(tmp_path)
    with override_settings(
        LANGUAGES=[*(pair for pair in settings.LANGUAGES if pair[0] != "vi"), ("vi", "Tiếng Việt")],
        LOCALE_PATHS=[tmp_path, *settings.LOCALE_PATHS],
    ):
        yield


@pytest.mark.django_db
def test_a_page_is_read_in_it_with_the_names_of_the_data_in_english(vietnamese, client, manager, product):
    client.force_login(manager)

    client.post(reverse("language"), {"language": "vi"})
    page = client.get(reverse("product-list")).content.decode()

    assert User.objects.get(pk=manager.pk).language == "vi"
    assert '<html lang="vi"' in page
    assert re.search(r"<h1[^>]*>\s*Hàng hóa", page)
    assert product.name in page
    assert product.name_zh not in page


@pytest.mark.django_db
def test_it_can_be_chosen_everywhere_by_the_name_that_the_settings_give_it(vietnamese, client, manager, product):
    client.force_login(manager)
    switch = list(settings.LANGUAGES)

    assert switch[-1] == ("vi", "Tiếng Việt")
    for page in (reverse("account"), reverse("styleguide")):
        buttons = re.findall(
            r'name="language"\s+value="([^"]+)"[^>]*>\s*([^<]+?)\s*<', client.get(page).content.decode()
        )
        assert list(dict.fromkeys(buttons)) == switch
    listing = client.get(reverse("listing-detail", args=[product.sku, "US"])).content.decode()
    assert re.findall(r'\?language=([^"]+)"', listing) == [code for code, _name in switch]
    assert [choice for choice in User._meta.get_field("language").flatchoices if choice[0]] == switch
    manager.language = "vi"
    manager.full_clean()


@pytest.mark.django_db
def test_every_sentence_that_picks_by_language_is_said_in_it_with_the_data_in_english(
    vietnamese, product, batch, inspector
):
    told = {"name": "Cord length", "name_zh": "电源线长度"}
    method = Characteristic(method="Pull it out.", method_zh="拉出。")
    returns = kinds.find("market_returns")
    column = Import(kind=returns.value, mapping={}, options={})

    with override("vi"):
        inspect(batch, actor=inspector, LEAK=[3])
        said = [
            str(product),
            str(product.category),
            str(product.listings.get().market),
            method.local_method,
            rejected_names({"CORD": told | {"settled": "rejected"}}),
            drift_title(Drift(facts=told)),
            hold_title(Hold.objects.get()),
            event_sentence(Event(kind="evidence.accepted", data=told | {"number": "7"}))[:2],
            sentence(Finding(code="section_missing", params={"section": "use"}), {"use": ("Intended use", "用途")}),
            [header_of(kind)[0] for kind in kinds.every()],
            complaint_choices(),
            [
                str(field.label)
                for field in ColumnsForm(found=column, kind=returns, header=["a"], choices={}).fields.values()
            ],
        ]

    assert said[3:6] == ["Pull it out.", ["Cord length"], "Cord length"]
    assert said[8] == "Missing: Intended use"
    assert "no leak" in said[6]
    assert re.findall("[\u4e00-\u9fff]+", str(said)) == []


@pytest.mark.django_db
def test_a_pack_of_papers_has_a_cover_in_it(vietnamese, product, manager):
    listing = Listing.objects.get(product=product)

    with make_pack(listing=listing, language="vi", actor=manager, at=product.created_at) as pack:
        assert zipfile.ZipFile(pack).namelist() == ["00 HL-KT17-W US.pdf"]


@pytest.mark.django_db
def test_mail_is_written_in_it_to_who_reads_it(vietnamese, supplier, supplier_user):
    supplier_user.email, supplier_user.language = "an@example.com", "vi"
    supplier_user.save()

    assert ("an@example.com", "vi") in addresses_of_supplier(supplier)
