"""Findings in the reader's language: what was found, what the law says, and what to do."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from activity.languages import pick
from compliance.models import Finding
from compliance.paper.reads import section_names
from compliance.reading.facts import ROLES

Text = str | Promise

WORDS: dict[str, Text] = {
    # the file
    "file_encrypted": gettext_lazy("The file opens with a password only. Ask for one that opens without."),
    "file_broken": gettext_lazy("The file is broken and does not open. Ask for it again."),
    "file_virus": gettext_lazy("The virus scanner refused the file."),
    "file_unreadable": gettext_lazy(
        "The file could not be read within our limits. Ask for a simpler one, such as a scan."
    ),
    "file_scripts": gettext_lazy("The PDF runs scripts or starts programs. It is only offered as a download."),
    "file_attachments": gettext_lazy("The PDF holds other files. Look at those before you rely on it."),
    "file_not_fully_checked": gettext_lazy("The PDF hides how it is built, so that nobody knows what else is in it."),
    "file_too_many_pages": gettext_lazy(
        "The PDF has more pages than are read. What stands on the others, nobody has read."
    ),
    "file_too_many_pixels": gettext_lazy("The picture has more points than are opened. Ask for a smaller one."),
    "file_animated": gettext_lazy("The picture moves: only what it shows first was read. Ask for a still one."),
    "file_two_kinds": gettext_lazy("The file is of two kinds at once. It is only offered as a download."),
    "file_protected": gettext_lazy("The PDF forbids copying; it was read all the same."),
    "no_text_layer": gettext_lazy(
        "Pages %(pages)s are pictures; their text was recognised. Compare it with the picture."
    ),
    "no_text": gettext_lazy("No text could be read on pages %(pages)s. Somebody has to read them."),
    "duplicate_file": gettext_lazy(
        "The same file was handed in elsewhere, with another number or by another supplier."
    ),
    "duplicate_number": gettext_lazy(
        "Another paper has the number %(number)s too, with another holder or other dates."
    ),
    # certificates and their like
    "number_missing": gettext_lazy("The law gives such a paper a number, and none was typed."),
    "number_format": gettext_lazy("“%(number)s” is not written like a %(scheme)s, such as %(example)s."),
    "check_digit": gettext_lazy("The check digit of “%(number)s” is wrong: %(expected)s would be right."),
    "wrong_market": gettext_lazy("“%(number)s” is a %(scheme)s, which is for %(markets)s and not for this market."),
    "number_mismatch": gettext_lazy("“%(number)s” was typed; the paper prints “%(printed)s”."),
    "number_not_in_text": gettext_lazy("The number “%(number)s” was not found in the paper."),
    "number_found": gettext_lazy("The number %(number)s stands in the paper."),
    "found_number": gettext_lazy("The paper seems to have the number %(value)s."),
    "model_missing": gettext_lazy("No model number was typed; the paper has to name %(models)s."),
    "model_unknown": gettext_lazy("Nobody said by which model number this product goes. Set it on the product."),
    "model_mismatch": gettext_lazy("The paper does not name the model: %(models)s is wanted."),
    "model_written_otherwise": gettext_lazy(
        "The paper writes the model %(models)s otherwise. See whether it is the same."
    ),
    "model_by_series": gettext_lazy(
        "The paper names a series and not the model %(models)s. See whether it is covered."
    ),
    "model_aside": gettext_lazy(
        "The paper calls its model “%(printed)s”; %(models)s is not named as what it is about. See whether it is covered."
    ),
    "model_not_in_text": gettext_lazy("The model %(models)s was not found in the paper."),
    "model_found": gettext_lazy("The model %(model)s stands in the paper."),
    "date_order": gettext_lazy("It ends on %(valid_to)s, before it begins on %(valid_from)s."),
    "date_in_future": gettext_lazy("It is dated %(issued_on)s, which is still to come."),
    "date_missing": gettext_lazy("Without “%(field)s” nobody can say until when the paper counts."),
    "not_yet_valid": gettext_lazy("It counts from %(first)s only, after %(day)s."),
    "expired": gettext_lazy("It ended on %(last)s, before %(day)s."),
    "term_over": gettext_lazy("Its term was over on %(last)s, before %(day)s."),
    "too_old": gettext_lazy("It was too old after %(last)s, before %(day)s."),
    "too_old_for_platform": gettext_lazy("%(platform)s takes it until %(last)s only, and not on %(day)s."),
    "expires_too_soon_for_platform": gettext_lazy(
        "%(platform)s refuses papers that end so soon: it takes this one until %(last)s, and not on %(day)s."
    ),
    "law_over": gettext_lazy("The rule that it is for ended on %(last)s."),
    "edition_superseded": gettext_lazy("It was tested to an edition that counted until %(last)s."),
    "date_mismatch": gettext_lazy("“%(field)s” was typed as %(said)s; the paper prints %(printed)s."),
    "date_not_in_text": gettext_lazy("“%(field)s” %(said)s was not found in the paper."),
    "date_left_out": gettext_lazy("The paper prints %(printed)s as “%(field)s”, which was not typed."),
    "date_ambiguous": gettext_lazy(
        "“%(field)s” %(said)s: the paper's date can be read as %(printed)s. Find out which it is."
    ),
    "dates_differ": gettext_lazy(
        "“%(field)s” was typed as %(said)s; the paper prints %(printed)s too. See which counts."
    ),
    "date_found": gettext_lazy("“%(field)s” %(said)s stands in the paper."),
    "lab_not_recognised": gettext_lazy("%(laboratory)s is not recognised any more by the authority."),
    "missing_rule": gettext_lazy("The certificate does not cite %(rule)s, which applies to this product."),
    "rule_not_in_text": gettext_lazy("%(rule)s was typed as cited; the paper does not cite it."),
    "revoked_in_text": gettext_lazy("The paper says of itself: %(said)s."),
    "no_original": gettext_lazy("The paper calls itself “%(said)s”. Ask for the one that counts."),
    "certificate_is_no_declaration": gettext_lazy(
        "This is a laboratory's certificate. The law wants the declaration that the maker signs; ask for that."
    ),
    "declaration_not_in_text": gettext_lazy(
        "Nothing in it says that it is the maker's declaration. See whether it is one."
    ),
    "holder_is_another": gettext_lazy(
        "Its holder is %(holder)s, and the product's maker %(makers)s. Find out why it may be used."
    ),
    "register_disagrees": gettext_lazy("%(register)s was asked and said: %(result)s."),
    "fields_missing": gettext_lazy("Not typed: %(fields)s."),
    "issuing_body_not_in_text": gettext_lazy("“%(said)s” was not found in the paper as who issued it."),
    "holder_not_in_text": gettext_lazy("“%(said)s” was not found in the paper as its holder or applicant."),
    "standard_not_in_text": gettext_lazy("The standard %(said)s was not found in the paper."),
    "found_standards": gettext_lazy("The paper names the standards %(value)s."),
    "found_issuing_body": gettext_lazy("The paper seems to be issued by %(value)s."),
    "found_holder": gettext_lazy("The paper names as holder or applicant: %(value)s."),
    "examination_failed": gettext_lazy("Comparing it failed here. A person has to read it; tell your administrator."),
    "label_elements_unseen": gettext_lazy("Wanted on the label since it was accepted: %(elements)s. Look for each."),
    # what is asked of a paper, beside what it says: found, contradicted or not found
    "kind_contradicted": gettext_lazy("It calls itself “%(printed)s”, and a report is asked for."),
    "kind_not_found": gettext_lazy("Nothing in it says that it is a report. See what it is."),
    "standard_contradicted": gettext_lazy("It is about %(printed)s; %(wanted)s is asked for."),
    "standard_not_found": gettext_lazy("The standard %(wanted)s was not found in it. See whether it is cited."),
    "edition_contradicted": gettext_lazy("It prints %(printed)s; only %(wanted)s or a later edition counts."),
    "edition_not_found": gettext_lazy("It prints %(printed)s without an edition; %(wanted)s or a later one counts."),
    "act_not_found": gettext_lazy("It does not name %(wanted)s, which applies to this product. See whether it does."),
    "superseded_contradicted": gettext_lazy("It cites %(printed)s, which was superseded by %(wanted)s."),
    "limit_contradicted": gettext_lazy("The result %(printed)s is above the limit of %(wanted)s: it fails."),
    "result_contradicted": gettext_lazy("Its result is “%(printed)s”: it fails."),
    "result_not_found": gettext_lazy("No result was found in it, neither pass nor fail. Look for its conclusion."),
    "tests_not_found": gettext_lazy("Not found among its tests and substances: %(wanted)s. See whether each is there."),
    "issuer_not_found": gettext_lazy("No laboratory or body was found as who issued it. Find out who did."),
    "signature_not_found": gettext_lazy("No signature was found. See whether somebody signed it, and who."),
    "place_not_found": gettext_lazy("Where it was signed was not found. Look for the place beside the date."),
    "maker_not_found": gettext_lazy("Which company declares was not found. Look for the maker's name and address."),
    "extent_not_found": gettext_lazy(
        "It covers only a part: “%(printed)s”. See whether what is left out is shown by another paper."
    ),
    "product_contradicted": gettext_lazy("It is about “%(printed)s” and not about the product %(wanted)s."),
    "product_not_found": gettext_lazy("The product %(wanted)s was not found in it. See what it is about."),
    "scope_contradicted": gettext_lazy("It covers something else: “%(printed)s”."),
    "no_proof": gettext_lazy("The paper says that it proves nothing to others: “%(said)s”."),
    "responsible_person_contradicted": gettext_lazy(
        "The responsible person has an address in this country: %(printed)s. It has to be in %(wanted)s."
    ),
    "responsible_person_not_found": gettext_lazy(
        "The country of the responsible person was not found. It has to be in %(wanted)s; look for the address."
    ),
    "responsible_party_contradicted": gettext_lazy(
        "The responsible party has an address in this country: %(printed)s. It has to be in %(wanted)s."
    ),
    "responsible_party_not_found": gettext_lazy(
        "The country of the responsible party was not found. It has to be in %(wanted)s; look for the address."
    ),
    "importer_contradicted": gettext_lazy(
        "The importer or maker who certifies has an address in this country: %(printed)s. It has to be in %(wanted)s."
    ),
    "importer_not_found": gettext_lazy(
        "The country of the importer or maker who certifies was not found. It has to be in %(wanted)s; look for the address."
    ),
    "agent_contradicted": gettext_lazy(
        "The agent has an address in this country: %(printed)s. It has to be in %(wanted)s."
    ),
    "agent_not_found": gettext_lazy(
        "The country of the agent was not found. It has to be in %(wanted)s; look for the address."
    ),
    "administrator_contradicted": gettext_lazy(
        "The domestic administrator has an address in this country: %(printed)s. It has to be in %(wanted)s."
    ),
    "administrator_not_found": gettext_lazy(
        "The country of the domestic administrator was not found. It has to be in %(wanted)s; look for the address."
    ),
    "fact_found": gettext_lazy("Found: %(fact)s. %(printed)s"),
    # labels
    "mark_read": gettext_lazy("Read in the picture: %(printed)s"),
    "barcode_read": gettext_lazy("Barcode read: %(barcode)s (%(kind)s)."),
    "barcode_differs": gettext_lazy(
        "The barcode is %(barcode)s, that of the golden sample %(wanted)s. See whether this is the right label."
    ),
    # manuals
    "language": gettext_lazy("Read as: %(language)s. Share of the text: %(shares)s."),
    "not_in_language": gettext_lazy("This is not in %(language)s. Share of the text: %(shares)s."),
    "mixed_language": gettext_lazy(
        "%(language)s and other languages take turns %(changes)s times. See whether all is there."
    ),
    "market_language_unknown": gettext_lazy("Which language %(market)s wants is not sorted: a person has to judge it."),
    "section_to_confirm": gettext_lazy("Perhaps this is it, in %(language)s: %(section)s. A person has to read it."),
    "section_not_judged": gettext_lazy("Not judged in %(language)s: %(section)s. A person has to look for it."),
    "too_little_text": gettext_lazy(
        "Too little text to judge a manual by: %(letters)s letters. Ask for the whole one."
    ),
    "section_in_another_language": gettext_lazy("%(section)s goes on in %(language)s under its heading. Read it."),
    "section_found": gettext_lazy("Found: %(section)s"),
    "section_missing": gettext_lazy("Missing: %(section)s"),
    "voltage_found": gettext_lazy("The voltage fits %(market)s (%(volts)s V)."),
    "voltage_mismatch": gettext_lazy("The voltage does not fit %(market)s, which has %(volts)s V."),
    "voltage_missing": gettext_lazy("No voltage was found; %(market)s has %(volts)s V."),
    # declarations
    "declaration_missing": gettext_lazy("What it is made of was not entered line by line. Enter it as a declaration."),
    "reference_missing": gettext_lazy("No table of restricted substances is loaded, so that nothing can be compared."),
    "no_lines": gettext_lazy("The declaration has no lines."),
    "name_missing": gettext_lazy("Line %(line)s has no name."),
    "cas_format": gettext_lazy("Line %(line)s, %(name)s: “%(cas)s” is no CAS number."),
    "cas_check_digit": gettext_lazy(
        "Line %(line)s, %(name)s: the last digit of %(cas)s is wrong, %(expected)s would be right."
    ),
    "cas_missing": gettext_lazy("Line %(line)s, %(name)s: no CAS number was given."),
    "name_cas_mismatch": gettext_lazy("Line %(line)s: %(cas)s is not the number of %(name)s. %(owner)s"),
    "name_not_known": gettext_lazy("Line %(line)s: we know %(cas)s as %(belongs_to)s, and not as %(name)s."),
    "no_list_for_market": gettext_lazy(
        "Nobody compared it: no list of restricted substances is held for %(markets)s. A specialist has to judge it."
    ),
    "ec_check_digit": gettext_lazy(
        "Line %(line)s, %(name)s: the EC number %(ec)s does not add up. Some official ones do not."
    ),
    "concentration_missing": gettext_lazy("Line %(line)s, %(name)s: no concentration was given."),
    "concentration_out_of_range": gettext_lazy("Line %(line)s, %(name)s: %(low)s to %(high)s per cent cannot be."),
    "sum_not_100": gettext_lazy("The lines come to %(low)s to %(high)s per cent, not to 100."),
    "duplicate": gettext_lazy("%(name)s is given more than once: lines %(lines)s."),
    "product_type_unknown": gettext_lazy(
        "Limits depend on the type of cosmetic; the strictest were taken. Set the type."
    ),
    "prohibited": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): banned here."),
    "over_limit": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): %(high)s %% is over the limit of %(limit)s %(unit)s."
    ),
    "over_sum": gettext_lazy(
        "%(entry)s: lines %(lines)s come to %(high)s %% together, over the limit of %(limit)s %(unit)s."
    ),
    "use_not_allowed": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): allowed only for: %(scope)s."),
    "professional_only": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): for professional use only. See whether consumers can buy it."
    ),
    "limit_as_another": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): the limit is %(limit)s %(unit)s, counted as %(expressed_as)s. Work out how much of it is in %(high)s %%."
    ),
    "within_limit_as": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): %(high)s %% is %(counted)s %% as %(expressed_as)s, within %(limit)s %(unit)s."
    ),
    "limit_by_use": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): the limit is %(least)s to %(limit)s %(unit)s, by use: %(scope)s. See which holds."
    ),
    "not_on_list": gettext_lazy(
        "Line %(line)s, %(name)s: not found on the list of what alone may be used for this (%(list)s). Find out under which name it is listed."
    ),
    "entry_with_condition": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): listed with a condition, which a person has to judge: %(scope)s"
    ),
    "entry_to_mind": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): mind this: %(scope)s"),
    "not_for_children": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): not in products for children under %(age)s years."
    ),
    "exemption_open": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): exemption %(exemption)s is claimed: up to %(exempt_to)s %%, until %(until)s."
    ),
    "exemption_unfitting": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): exemption %(exemption)s is claimed, but the line does not name its material. See whether it holds."
    ),
    "exemption_over": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): %(high)s %% is over the %(exempt_to)s %% of exemption %(exemption)s."
    ),
    "exemption_expired": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): exemption %(exemption)s ended on %(until)s."),
    "exemption_unknown": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): %(high)s %% is over the limit of %(limit)s %(unit)s; exemption %(exemption)s is not known."
    ),
    "limit_in_another_unit": gettext_lazy(
        "Line %(line)s, %(name)s (%(cas)s): the limit is %(limit)s %(unit)s, which only a test can tell."
    ),
    "declare": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): has to be declared above %(limit)s %(unit)s."),
    "restricted_later": gettext_lazy("Line %(line)s, %(name)s (%(cas)s): restricted from %(applies_from)s on."),
    "group_suspected": gettext_lazy("Line %(line)s, %(name)s: may belong to the group “%(entry)s”. Find out."),
}
LANGUAGES: dict[str, Text] = {
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
    "fr": gettext_lazy("French"),
    "it": gettext_lazy("Italian"),
    "es": gettext_lazy("Spanish"),
    "nl": gettext_lazy("Dutch"),
    "pt": gettext_lazy("Portuguese"),
    "pl": gettext_lazy("Polish"),
    "sv": gettext_lazy("Swedish"),
    "da": gettext_lazy("Danish"),
    "cs": gettext_lazy("Czech"),
    "hu": gettext_lazy("Hungarian"),
    "ro": gettext_lazy("Romanian"),
    "tr": gettext_lazy("Turkish"),
    "fi": gettext_lazy("Finnish"),
    "zh": gettext_lazy("Chinese"),
    "ja": gettext_lazy("Japanese"),
    "ko": gettext_lazy("Korean"),
    "th": gettext_lazy("Thai"),
    "vi": gettext_lazy("Vietnamese"),
    "id": gettext_lazy("Indonesian or Malay"),
    "fil": gettext_lazy("Filipino"),
    "ar": gettext_lazy("Arabic"),
    "ru": gettext_lazy("Russian"),
    "el": gettext_lazy("Greek"),
}
FACTS: dict[str, Text] = {
    "kind": gettext_lazy("what it calls itself"),
    "standard": gettext_lazy("the standard"),
    "act": gettext_lazy("the act"),
    "result": gettext_lazy("its result"),
    "tests": gettext_lazy("its tests and substances"),
    "issuer": gettext_lazy("who issued it"),
    "responsible_person": gettext_lazy("the country of the responsible person"),
    "responsible_party": gettext_lazy("the country of the responsible party"),
    "importer": gettext_lazy("the country of who certifies"),
    "agent": gettext_lazy("the country of the agent"),
    "administrator": gettext_lazy("the country of the domestic administrator"),
    "signature": gettext_lazy("a signature"),
    "place": gettext_lazy("the place of signature"),
    "maker": gettext_lazy("the company that declares"),
    "product": gettext_lazy("the product"),
}
FIELDS: dict[str, Text] = {
    "number": gettext_lazy("number"),
    "issued_on": gettext_lazy("issued on"),
    "valid_from": gettext_lazy("valid from"),
    "valid_to": gettext_lazy("valid to"),
}
COSMETIC_TYPES: dict[str, Text] = {
    "face": gettext_lazy("face: cream, serum, make-up"),
    "body_lotion": gettext_lazy("body lotion"),
    "hand": gettext_lazy("hand cream"),
    "eye": gettext_lazy("eye make-up"),
    "lip": gettext_lazy("lip product"),
    "sunscreen": gettext_lazy("sunscreen"),
    "spray": gettext_lazy("spray or aerosol"),
    "deodorant": gettext_lazy("deodorant"),
    "rinse_off": gettext_lazy("soap, shower gel, cleanser"),
    "hair_rinse_off": gettext_lazy("shampoo, conditioner"),
    "hair_leave_on": gettext_lazy("hair lotion, left on"),
    "hair_dye": gettext_lazy("hair dye"),
    "hair_waving": gettext_lazy("hair waving or straightening"),
    "eyelash_professional": gettext_lazy("eyelash or eyebrow colouring, professional"),
    "nail": gettext_lazy("nail product"),
    "nail_professional": gettext_lazy("artificial nails, professional use"),
    "oral": gettext_lazy("oral product"),
}


def sentence(finding: Finding, names: Mapping[str, tuple[str, str]] | None = None) -> str:
    """What was found, in one sentence. `names` are those of sections, when many are said at once."""
    code = "fact_found" if finding.params.get("state") == "found" else finding.code
    text = str(WORDS.get(code, code))
    return text % _said(finding, section_names() if names is None and "section" in finding.params else names or {})


def law_of(finding: Finding) -> str:
    """Which law says so, and how sure the table is of it; empty where no law is named."""
    law = finding.params.get("law", "")
    if law and finding.params.get("is_sure") is False:
        return _("%(law)s (not verified)") % {"law": law}
    return law


def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


def country_name(code: str) -> str:
    """Of ISO 3166, and "EU", in the reader's language."""
    return Locale.parse(get_language().replace("-", "_")).territories.get(code, code) if code else ""


def _said(finding: Finding, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    params = finding.params
    said = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in params.items()}
    if "language" in params:
        said["language"] = language_name(params["language"])
    if "shares" in params:
        parts = [f"{language_name(code)} {share:.0%}" for code, share in params["shares"].items() if share >= 0.005]
        said["shares"] = ", ".join(parts)
    if "fact" in params:
        said["fact"] = FACTS.get(params["fact"], params["fact"])
    if params.get("fact") in ROLES:
        said["wanted"] = ", ".join(country_name(code) for code in params["wanted"].split(", "))
        said["printed"] = country_name(params.get("printed", ""))
    if "field" in params:
        said["field"] = FIELDS.get(params["field"], params["field"])
    if "section" in params:
        english, chinese = names.get(params["section"], (params["section"], ""))
        said["section"] = pick(en=english, zh=chinese)
    if finding.code == "name_cas_mismatch":
        owner = params.get("belongs_to")
        said["owner"] = _("It is that of %(name)s.") % {"name": owner} if owner else ""
    return {"pages": "", **said}
