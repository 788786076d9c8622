"""Requirements, items and papers as words: what a field asks, why an item applies, what ends a paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import ChecklistItem, ItemState, ReferenceTable, Trait
from compliance.rules.requirements import ALL, Limit
from suppliers.models import BothLanguages, Category, Market


class Names:
    """The names of categories, markets and traits in the reader's language, by code. Three statements at most."""

    def __init__(self) -> None:
        self._found: dict[type[BothLanguages], Mapping[str, str]] = {}

    def _of(self, model: type[Category | Market | Trait], key: str, code: str) -> str:
        if model not in self._found:
            self._found[model] = {getattr(row, key): row.local_name for row in model._default_manager.all()}
        return self._found[model].get(code, code)

    def category(self, code: str) -> str:
        return self._of(Category, "code", code)

    def market(self, code: str) -> str:
        return self._of(Market, "code", code)

    def trait(self, key: str) -> str:
        return self._of(Trait, "key", key)


# What the catalogue says of most requirements in its own words; what it says of few stays as it is.
CATALOGUE_WORDS = {"estimate": gettext_lazy("estimate"), "core duty": gettext_lazy("core duty")}


# What the papers of a requirement tell beyond the columns that all papers have, by the catalogue's name of the field.
FIELD_LABELS = {
    "label_photo": gettext_lazy("Photo of the label"),
    "language": gettext_lazy("Language"),
    "batch_or_date_code": gettext_lazy("Batch or date code"),
    "manufacturer_name_address": gettext_lazy("Manufacturer: name and address"),
    "importer_or_rp_name_address": gettext_lazy("Importer or responsible person: name and address"),
    "manual_file": gettext_lazy("Manual"),
    "version_or_date": gettext_lazy("Version or date"),
    "sections_found": gettext_lazy("Sections found"),
    "declared_by": gettext_lazy("Declared by"),
    "cell_or_battery_type": gettext_lazy("Type of cell or battery"),
    "mass": gettext_lazy("Mass"),
    "watt_hour_rating": gettext_lazy("Watt-hour rating"),
    "tests_and_results": gettext_lazy("Tests and results"),
    "manual_edition": gettext_lazy("Edition of the UN Manual of Tests"),
    "signatory_name": gettext_lazy("Signed by"),
    "product_name": gettext_lazy("Product name"),
    "supplier_name_address": gettext_lazy("Supplier: name and address"),
    "sections_1_to_16": gettext_lazy("Sections 1 to 16"),
    "revision_date": gettext_lazy("Date of revision"),
    "un_number": gettext_lazy("UN number"),
    "lab_accreditation": gettext_lazy("Accreditation of the laboratory"),
    "result": gettext_lazy("Result"),
    "scope": gettext_lazy("Scope"),
    "title": gettext_lazy("Title"),
    "bullets": gettext_lazy("Bullet points"),
    "video_script": gettext_lazy("Script of the video"),
    "claims_found": gettext_lazy("Claims found"),
    "reviewer": gettext_lazy("Reviewer"),
    "product_identification": gettext_lazy("Product that it covers"),
    "rules_cited": gettext_lazy("Rules cited"),
    "us_importer_name_address_phone": gettext_lazy("US importer or maker: name, address, phone"),
    "records_contact_name_address_email_phone": gettext_lazy("Who keeps the records: name, address, e-mail, phone"),
    "manufacture_date_place": gettext_lazy("Date and place of manufacture"),
    "test_date_place": gettext_lazy("Date and place of testing"),
    "cpsc_lab_id": gettext_lazy("CPSC laboratory number"),
    "manufacturer_or_importer_name": gettext_lazy("Manufacturer or importer"),
    "manufacture_place": gettext_lazy("Place of manufacture"),
    "manufacture_date": gettext_lazy("Date of manufacture"),
    "certifier_id": gettext_lazy("Certifier ID"),
    "product_id": gettext_lazy("Product ID"),
    "certificate_id_version": gettext_lazy("Certificate ID and version"),
    "importer_of_record": gettext_lazy("Importer of record"),
    "entry_number": gettext_lazy("Entry number"),
    "fabricator_name": gettext_lazy("Fabricator"),
    "production_date": gettext_lazy("Date of production"),
    "tpc_number": gettext_lazy("TPC number"),
    "compliance_statement": gettext_lazy("Compliance statement"),
    "us_responsible_party_name_address_phone": gettext_lazy("US responsible party: name, address, phone"),
    "test_report_number": gettext_lazy("Number of the test report"),
    "signed_place_date": gettext_lazy("Place and date of signing"),
    "fcc_test_firm_registration": gettext_lazy("FCC test firm registration"),
    "checked_on": gettext_lazy("Looked up on"),
    "checked_by": gettext_lazy("Looked up by"),
    "facility_name_address": gettext_lazy("Facility: name and address"),
    "us_agent": gettext_lazy("US agent"),
    "responsible_person": gettext_lazy("Responsible person"),
    "brand_names": gettext_lazy("Brand names"),
    "product_categories": gettext_lazy("Product categories"),
    "submission_type": gettext_lazy("Type of submission"),
    "identity": gettext_lazy("Identity of the product"),
    "net_contents_us_metric": gettext_lazy("Net contents, US and metric"),
    "ingredient_list": gettext_lazy("List of ingredients on the label"),
    "adverse_event_contact": gettext_lazy("Contact for adverse events"),
    "warnings": gettext_lazy("Warnings"),
    "rp_name": gettext_lazy("Responsible person: name"),
    "rp_address": gettext_lazy("Responsible person: address"),
    "rp_email": gettext_lazy("Responsible person: e-mail"),
    "manufacturer_name_postal_email": gettext_lazy("Manufacturer: name, postal and e-mail address"),
    "rp_name_postal_email": gettext_lazy("Responsible person: name, postal and e-mail address"),
    "product_picture": gettext_lazy("Picture of the product"),
    "type_identifier": gettext_lazy("Type or other identifier"),
    "warnings_in_local_language": gettext_lazy("Warnings in the local language"),
    "legislation_cited": gettext_lazy("Legislation cited"),
    "notified_body_number": gettext_lazy("Number of the notified body"),
    "formula_version": gettext_lazy("Version of the formula"),
    "assessor_name_qualification": gettext_lazy("Safety assessor: name and qualification"),
    "part_a": gettext_lazy("Part A"),
    "part_b": gettext_lazy("Part B"),
    "rp_name_address": gettext_lazy("Responsible person: name and address"),
    "country_of_origin": gettext_lazy("Country of origin"),
    "net_content": gettext_lazy("Net content"),
    "minimum_durability_or_pao": gettext_lazy("Best before, or period after opening"),
    "precautions": gettext_lazy("Precautions"),
    "batch_number": gettext_lazy("Batch number"),
    "ingredient_list_inci": gettext_lazy("List of ingredients (INCI) on the label"),
    "product_type_batch": gettext_lazy("Product, type, batch"),
    "declaration_text": gettext_lazy("Text of the declaration"),
    "defined_support_period": gettext_lazy("Defined support period"),
    "notifying_supplier": gettext_lazy("Notifying supplier"),
    "technical_standard": gettext_lazy("Technical standard"),
}


LIMITS = {
    "printed": gettext_lazy("The paper ends on %(day)s."),
    "term": gettext_lazy("Papers of this kind count until %(day)s."),
    "age": gettext_lazy("It is too old after %(day)s."),
    "platform_age": gettext_lazy("%(platform)s takes it until %(day)s, for its age."),
    "platform_remaining": gettext_lazy("%(platform)s takes it until %(day)s, since it ends soon after."),
    "law": gettext_lazy("The rule itself ends on %(day)s."),
    "edition": gettext_lazy("Its edition counted until %(day)s."),
}


def field_label(name: str) -> str:
    return str(FIELD_LABELS.get(name, name))


def reason_words(reason: Mapping[str, Any], names: Names) -> str:
    """Why an item applies: "Germany · electrical appliance · has a mains plug"."""
    market = _("every market") if reason["market"] == ALL else names.market(reason["market"])
    category = _("every category") if reason["category"] == ALL else names.category(reason["category"])
    return " · ".join([market, category, *(names.trait(key) for key in reason["traits"])])


def limit_words(limit: Limit) -> str:
    return str(LIMITS[limit.why]) % {"day": limit.last.isoformat(), "platform": limit.platform}


def next_words(item: ChecklistItem) -> str:
    """Who acts next on an item, as a sentence without a full stop."""
    match item.acts_next, item.state:
        case "", _state:
            return ""
        case "supplier", ItemState.ACCEPTED | ItemState.WAIVED:
            return _("Supplier renews it")
        case "merchandiser", ItemState.ACCEPTED | ItemState.WAIVED:
            return _("Merchandiser renews it")
        case "supplier", _state:
            return _("Supplier brings it")
        case "merchandiser", _state:
            return _("Merchandiser brings it")
        case "qc", _state:
            return _("QC checks it")
        case _acts, _state:
            return _("Quality manager accepts it")


def why_anew(why: Mapping[str, str]) -> str:
    """What was changed that a paper was compared with before, in a sentence."""
    match why.get("what"):
        case "reference":
            said = _("The table “%(name)s” was changed.") % {"name": ReferenceTable(why["name"]).label}
        case "requirement":
            said = _("The requirement was changed.")
        case "product":
            said = _("The facts about the product %(sku)s were changed.") % {"sku": why["name"]}
        case _other:
            return ""
    return f"{said} {why['reason']}".strip()


def is_late(item: ChecklistItem, today: date) -> bool:
    return bool(item.acts_next) and item.due_on is not None and item.due_on <= today


def catalogue_words(text: str) -> str:
    return str(CATALOGUE_WORDS.get(text, text))
