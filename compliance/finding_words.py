"""Findings in the reader's language: what was found, what the law says, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from compliance.models import Finding
from compliance.queries.reference import section_names

Text = str | Promise

WORDS: dict[str, Text] = {
    # the file
    "file_encrypted": _lazy("The file opens with a password only. Ask for one that opens without."),
    "file_broken": _lazy("The file is broken and does not open. Ask for it again."),
    "file_virus": _lazy("The virus scanner refused the file."),
    "file_unreadable": _lazy("The file could not be read within our limits. Ask for a simpler one, such as a scan."),
    "file_scripts": _lazy("The PDF runs scripts or starts programs. It is only offered as a download."),
    "file_attachments": _lazy("The PDF holds other files. Look at those before you rely on it."),
    "file_not_fully_checked": _lazy("The PDF hides how it is built, so that nobody knows what else is in it."),
    "file_too_many_pages": _lazy("The PDF has more pages than are read. What stands on the others, nobody has read."),
    "file_too_many_pixels": _lazy("The picture has more points than are opened. Ask for a smaller one."),
    "file_animated": _lazy("The picture moves: only what it shows first was read. Ask for a still one."),
    "file_two_kinds": _lazy("The file is of two kinds at once. It is only offered as a download."),
    "file_protected": _lazy("The PDF forbids copying; it was read all the same."),
    "no_text_layer": _lazy("Pages %(pages)s are pictures; their text was recognised. Compare it with the picture."),
    "no_text": _lazy("No text could be read on pages %(pages)s. Somebody has to read them."),
    "duplicate_file": _lazy("The same file was handed in elsewhere, with another number or by another supplier."),
    "duplicate_number": _lazy("Another paper has the number %(number)s too, with another holder or other dates."),
    # certificates and their like
    "number_missing": _lazy("The law gives such a paper a number, and none was typed."),
    "number_format": _lazy("“%(number)s” is not written like a %(scheme)s, such as %(example)s."),
    "check_digit": _lazy("The check digit of “%(number)s” is wrong: %(expected)s would be right."),
    "wrong_market": _lazy("“%(number)s” is a %(scheme)s, which is for %(markets)s and not for this market."),
    "number_mismatch": _lazy("“%(number)s” was typed; the paper prints “%(printed)s”."),
    "number_not_in_text": _lazy("The number “%(number)s” was not found in the paper."),
    "number_found": _lazy("The number %(number)s stands in the paper."),
    "found_number": _lazy("The paper seems to have the number %(value)s."),
    "model_missing": _lazy("No model number was typed; the paper has to name %(models)s."),
    "model_unknown": _lazy("Nobody said by which model number this product goes. Set it on the product."),
    "model_mismatch": _lazy("The paper does not name the model: %(models)s is wanted."),
    "model_written_otherwise": _lazy("The paper writes the model %(models)s otherwise. See whether it is the same."),
    "model_by_series": _lazy("The paper names a series and not the model %(models)s. See whether it is covered."),
    "model_not_in_text": _lazy("The model %(models)s was not found in the paper."),
    "model_found": _lazy("The model %(model)s stands in the paper."),
    "date_order": _lazy("It ends on %(valid_to)s, before it begins on %(valid_from)s."),
    "date_in_future": _lazy("It is dated %(issued_on)s, which is still to come."),
    "date_missing": _lazy("Without “%(field)s” nobody can say until when the paper counts."),
    "not_yet_valid": _lazy("It counts from %(first)s only, after %(day)s."),
    "expired": _lazy("It ended on %(last)s, before %(day)s."),
    "term_over": _lazy("Its term was over on %(last)s, before %(day)s."),
    "too_old": _lazy("It was too old after %(last)s, before %(day)s."),
    "too_old_for_platform": _lazy("%(platform)s takes it until %(last)s only, and not on %(day)s."),
    "expires_too_soon_for_platform": _lazy(
        "%(platform)s refuses papers that end so soon: it takes this one until %(last)s, and not on %(day)s."
    ),
    "law_over": _lazy("The rule that it is for ended on %(last)s."),
    "edition_superseded": _lazy("It was tested to an edition that counted until %(last)s."),
    "date_mismatch": _lazy("“%(field)s” was typed as %(said)s; the paper prints %(printed)s."),
    "date_not_in_text": _lazy("“%(field)s” %(said)s was not found in the paper."),
    "date_left_out": _lazy("The paper prints %(printed)s as “%(field)s”, which was not typed."),
    "date_ambiguous": _lazy("“%(field)s” %(said)s: the paper's date can be read as %(printed)s. Find out which it is."),
    "dates_differ": _lazy("“%(field)s” was typed as %(said)s; the paper prints %(printed)s too. See which counts."),
    "date_found": _lazy("“%(field)s” %(said)s stands in the paper."),
    "lab_not_recognised": _lazy("%(laboratory)s is not recognised any more by the authority."),
    "missing_rule": _lazy("The certificate does not cite %(rule)s, which applies to this product."),
    "rule_not_in_text": _lazy("%(rule)s was typed as cited; the paper does not cite it."),
    "revoked_in_text": _lazy("The paper says of itself: %(said)s."),
    "no_original": _lazy("The paper calls itself “%(said)s”. Ask for the one that counts."),
    "certificate_is_no_declaration": _lazy(
        "This is a laboratory's certificate. The law wants the declaration that the maker signs; ask for that."
    ),
    "declaration_not_in_text": _lazy("Nothing in it says that it is the maker's declaration. See whether it is one."),
    "holder_is_another": _lazy(
        "Its holder is %(holder)s, and the product's maker %(makers)s. Find out why it may be used."
    ),
    "register_disagrees": _lazy("%(register)s was asked and said: %(result)s."),
    "fields_missing": _lazy("Not typed: %(fields)s."),
    "issuing_body_not_in_text": _lazy("“%(said)s” was not found in the paper as who issued it."),
    "holder_not_in_text": _lazy("“%(said)s” was not found in the paper as its holder or applicant."),
    "standard_not_in_text": _lazy("The standard %(said)s was not found in the paper."),
    "found_standards": _lazy("The paper names the standards %(value)s."),
    "found_issuing_body": _lazy("The paper seems to be issued by %(value)s."),
    "found_holder": _lazy("The paper names as holder or applicant: %(value)s."),
    "examination_failed": _lazy("Comparing it failed here. A person has to read it; tell your administrator."),
    "label_elements_unseen": _lazy("Wanted on the label since it was accepted: %(elements)s. Look for each."),
    # manuals
    "language": _lazy("Read as: %(language)s. Share of the text: %(shares)s."),
    "not_in_language": _lazy("This is not in %(language)s. Share of the text: %(shares)s."),
    "mixed_language": _lazy("%(language)s and other languages take turns %(changes)s times. See whether all is there."),
    "market_language_unknown": _lazy("Which language %(market)s wants is not sorted: a person has to judge it."),
    "sections_not_judged": _lazy("Sections are searched in English only. A person has to read this %(language)s text."),
    "section_found": _lazy("Found: %(section)s"),
    "section_missing": _lazy("Missing: %(section)s"),
    "voltage_found": _lazy("The voltage fits %(market)s (%(volts)s V)."),
    "voltage_mismatch": _lazy("The voltage does not fit %(market)s, which has %(volts)s V."),
    "voltage_missing": _lazy("No voltage was found; %(market)s has %(volts)s V."),
    # declarations
    "declaration_missing": _lazy("What it is made of was not entered line by line. Enter it as a declaration."),
    "reference_missing": _lazy("No table of restricted substances is loaded, so that nothing can be compared."),
    "no_lines": _lazy("The declaration has no lines."),
    "name_missing": _lazy("Line %(line)s has no name."),
    "cas_format": _lazy("Line %(line)s, %(name)s: “%(cas)s” is no CAS number."),
    "cas_check_digit": _lazy(
        "Line %(line)s, %(name)s: the last digit of %(cas)s is wrong, %(expected)s would be right."
    ),
    "cas_missing": _lazy("Line %(line)s, %(name)s: no CAS number was given."),
    "name_cas_mismatch": _lazy("Line %(line)s: %(cas)s is not the number of %(name)s. %(owner)s"),
    "ec_check_digit": _lazy(
        "Line %(line)s, %(name)s: the EC number %(ec)s does not add up. Some official ones do not."
    ),
    "concentration_missing": _lazy("Line %(line)s, %(name)s: no concentration was given."),
    "concentration_out_of_range": _lazy("Line %(line)s, %(name)s: %(low)s to %(high)s per cent cannot be."),
    "sum_not_100": _lazy("The lines come to %(low)s to %(high)s per cent, not to 100."),
    "duplicate": _lazy("%(name)s is given more than once: lines %(lines)s."),
    "product_type_unknown": _lazy("Limits depend on the type of cosmetic; the strictest were taken. Set the type."),
    "prohibited": _lazy("Line %(line)s, %(name)s (%(cas)s): banned here."),
    "over_limit": _lazy("Line %(line)s, %(name)s (%(cas)s): %(high)s %% is over the limit of %(limit)s %(unit)s."),
    "over_sum": _lazy("%(entry)s: lines %(lines)s come to %(high)s %% together, over the limit of %(limit)s %(unit)s."),
    "use_not_allowed": _lazy("Line %(line)s, %(name)s (%(cas)s): allowed only for: %(scope)s."),
    "limit_in_another_unit": _lazy(
        "Line %(line)s, %(name)s (%(cas)s): the limit is %(limit)s %(unit)s, which only a test can tell."
    ),
    "declare": _lazy("Line %(line)s, %(name)s (%(cas)s): has to be declared above %(limit)s %(unit)s."),
    "restricted_later": _lazy("Line %(line)s, %(name)s (%(cas)s): restricted from %(applies_from)s on."),
    "group_suspected": _lazy("Line %(line)s, %(name)s: may belong to the group “%(entry)s”. Find out."),
}
LANGUAGES: dict[str, Text] = {
    "en": _lazy("English"),
    "de": _lazy("German"),
    "fr": _lazy("French"),
    "it": _lazy("Italian"),
    "es": _lazy("Spanish"),
    "nl": _lazy("Dutch"),
    "pt": _lazy("Portuguese"),
    "pl": _lazy("Polish"),
    "sv": _lazy("Swedish"),
    "da": _lazy("Danish"),
    "cs": _lazy("Czech"),
    "hu": _lazy("Hungarian"),
    "ro": _lazy("Romanian"),
    "tr": _lazy("Turkish"),
    "fi": _lazy("Finnish"),
    "zh": _lazy("Chinese"),
    "ja": _lazy("Japanese"),
    "ko": _lazy("Korean"),
    "th": _lazy("Thai"),
    "vi": _lazy("Vietnamese"),
    "id": _lazy("Indonesian or Malay"),
    "fil": _lazy("Filipino"),
    "ar": _lazy("Arabic"),
    "ru": _lazy("Russian"),
    "el": _lazy("Greek"),
}
FIELDS: dict[str, Text] = {
    "number": _lazy("number"),
    "issued_on": _lazy("issued on"),
    "valid_from": _lazy("valid from"),
    "valid_to": _lazy("valid to"),
}
COSMETIC_TYPES: dict[str, Text] = {
    "face": _lazy("face: cream, serum, make-up"),
    "body_lotion": _lazy("body lotion"),
    "hand": _lazy("hand cream"),
    "eye": _lazy("eye make-up"),
    "lip": _lazy("lip product"),
    "sunscreen": _lazy("sunscreen"),
    "spray": _lazy("spray or aerosol"),
    "deodorant": _lazy("deodorant"),
    "rinse_off": _lazy("soap, shower gel, cleanser"),
    "hair_rinse_off": _lazy("shampoo, conditioner"),
    "hair_leave_on": _lazy("hair lotion, left on"),
    "hair_dye": _lazy("hair dye"),
    "hair_waving": _lazy("hair waving or straightening"),
    "eyelash_professional": _lazy("eyelash or eyebrow colouring, professional"),
    "nail": _lazy("nail product"),
    "nail_professional": _lazy("artificial nails, professional use"),
    "oral": _lazy("oral product"),
}


def sentence(finding: Finding, names: Mapping[str, tuple[str, str]] | None = None) -> str:
    """What was found, in one sentence. `names` are those of sections, when many are said at once."""
    text = str(WORDS.get(finding.code, finding.code))
    return text % _said(finding, section_names() if names is None and "section" in finding.params else names or {})


def law_of(finding: Finding) -> str:
    """Which law says so, and how sure the table is of it; empty where no law is named."""
    law = finding.params.get("law", "")
    if law and finding.params.get("is_sure") is False:
        return _("%(law)s (not verified)") % {"law": law}
    return law


def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


def _said(finding: Finding, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    params = finding.params
    said = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in params.items()}
    if "language" in params:
        said["language"] = language_name(params["language"])
    if "shares" in params:
        parts = [f"{language_name(code)} {share:.0%}" for code, share in params["shares"].items() if share >= 0.005]
        said["shares"] = ", ".join(parts)
    if "field" in params:
        said["field"] = FIELDS.get(params["field"], params["field"])
    if "section" in params:
        english, chinese = names.get(params["section"], (params["section"], ""))
        said["section"] = chinese if chinese and (get_language() or "").startswith("zh") else english
    if finding.code == "name_cas_mismatch":
        owner = params.get("belongs_to")
        said["owner"] = _("It is that of %(name)s.") % {"name": owner} if owner else ""
    return {"pages": "", **said}
