"""Manuals of a hair dryer, as text: what they hold and lack for a market."""

from dataclasses import replace

import pytest

from compliance.reading import manuals as reader
from compliance.reading.findings import outcome
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue
from tests.compliance import manuals

US = reader.Wanted(
    categories=frozenset({"beauty_device"}),
    markets=frozenset({"US"}),
    place=catalogue.place("US"),
    models=("HD-2200",),
    traits=frozenset({"mains_powered", "has_plug", "unintentional_radiator", "hair_or_bath"}),
)
EU = replace(US, markets=frozenset({"EU-DE", "EU"}), place=catalogue.place("EU-DE", "EU"))


def read(*texts: str, wanted: reader.Wanted = US, source: str = "text"):
    pages = [Page(number, text, source) for number, text in enumerate(texts, start=1)]
    return reader.check(pages, wanted, catalogue.sections(), catalogue.voltages())


def found(findings, *weights: str) -> list[str]:
    """The codes of these weights, with the section where it is about one."""
    return sorted(":".join([f.code, *filter(None, [f.params.get("section")])]) for f in findings if f.weight in weights)


def without(*starts: str) -> str:
    return "\n".join(line for line in manuals.ENGLISH.split("\n") if not line.startswith(starts))


def test_a_complete_manual_passes_and_shows_the_sentence_of_every_section():
    findings = read(manuals.ENGLISH)

    assert (outcome(findings), found(findings, "block", "review")) == ("pass", [])
    quotes = {f.params["section"]: f.quote for f in findings if f.code == "section_found"}
    assert len(quotes) >= 14
    assert quotes["importer-or-rp-address"].startswith("Importer: Linden Trading LLC")
    assert quotes["intended-use"] == "This appliance is intended for household use only."


def test_what_is_left_out_is_named():
    findings = read(without("DISPOSAL", "Do not dispose", "Manufacturer", "Importer"))

    assert found(findings, "block") == [
        "section_missing:importer-or-rp-address",
        "section_missing:manufacturer-address",
    ]


def test_the_same_manual_does_not_fit_another_market():
    assert found(read(manuals.ENGLISH, wanted=EU), "block") == [
        "section_missing:children-8-years",
        "section_missing:importer-or-rp-address",
        "voltage_mismatch",
    ]


def test_a_country_elsewhere_is_not_the_importers():
    text = (
        without("Importer")
        + "\nImporter: Linden Trading LLC\n"
        + "Keep this leaflet in a dry place. " * 20
        + "\nMade for the USA"
    )

    assert found(read(text), "block") == ["section_missing:importer-or-rp-address"]


@pytest.mark.parametrize("model", ["HD-2200B", "HD-2200-2", "XHD-2200", "HD-220"])
def test_another_model_number_is_another_model(model):
    findings = read(manuals.ENGLISH.replace("HD-2200", model))

    [mismatch] = [f for f in findings if f.code == "model_mismatch"]
    assert (mismatch.weight, mismatch.params["models"], mismatch.quote) == ("block", ["HD-2200"], f"Model: {model}")


def test_a_product_without_a_model_number_goes_to_a_person():
    findings = read(manuals.ENGLISH, wanted=replace(US, models=()))

    assert "model_unknown" in found(findings, "review")


@pytest.mark.parametrize(
    ("rating", "market", "code"),
    [
        ("Rated voltage: 220 V~ 50 Hz", "US", "voltage_mismatch"),
        ("Rated voltage: 220-240 V~ 50/60 Hz", "US", "voltage_mismatch"),
        ("Rated voltage: 100-240 V~ 50/60 Hz", "US", "voltage_found"),
        ("Rated voltage: 110-240V", "US", "voltage_found"),
        ("Input: AC 120V 60Hz", "US", "voltage_found"),
        ("Rated voltage: 220 V~\nDo not use it where outlets have 120 V.", "US", "voltage_mismatch"),
        ("Rated voltage: 100-240 V", "JP", "voltage_found"),
        ("Rated voltage: 120 V", "JP", "voltage_mismatch"),
        ("Rated voltage: 120 V", "EU", "voltage_mismatch"),
        ("Rated voltage: 220-240 V~ 50 Hz", "EU", "voltage_found"),
        ("Rated voltage: 230 V", "UK", "voltage_found"),
        ("Output voltage: 5 V", "US", "voltage_missing"),
        ("Model HD-2200", "US", "voltage_missing"),
    ],
)
def test_the_voltage_has_to_fit_the_market(rating, market, code):
    text = manuals.ENGLISH.replace("Rated voltage: 120 V~ 60 Hz. Rated power: 1800 W.", rating)

    codes = {f.code for f in read(text, wanted=replace(US, markets=frozenset({market}), place=catalogue.place(market)))}
    assert {code for code in codes if code.startswith("voltage")} == {code}


def test_without_a_table_of_ratings_the_nominal_voltage_of_the_market_counts():
    def codes(rating: str) -> set[tuple[str, str, int]]:
        text = manuals.ENGLISH.replace("Rated voltage: 120 V~ 60 Hz. Rated power: 1800 W.", rating)
        findings = reader.check([Page(1, text, "text")], US, catalogue.sections(), {})
        return {(f.code, f.params["market"], f.params["volts"]) for f in findings if f.code.startswith("voltage")}

    assert codes("Rated voltage: 120 V") == {("voltage_found", "US", 120)}
    assert codes("Rated voltage: 230 V") == {("voltage_mismatch", "US", 120)}


def test_headings_in_another_language_are_shown_to_a_person():
    findings = read(manuals.CHINESE_HEADINGS)

    [mixed] = [f for f in findings if f.code == "mixed_language"]
    assert (outcome(findings), mixed.weight, mixed.page, mixed.quote) == ("review", "review", 1, "重要安全说明")


def test_a_booklet_in_three_languages_passes_by_its_english_part_alone():
    assert outcome(read(manuals.ENGLISH, manuals.GERMAN, manuals.CHINESE)) == "pass"
    assert "section_missing:disposal" in found(
        read(without("DISPOSAL", "Do not dispose"), manuals.GERMAN, wanted=EU), "block"
    )


def test_a_chinese_manual_fails_before_any_section_is_searched():
    assert found(read(manuals.CHINESE), "block") == ["not_in_language"]


def test_a_manual_in_the_language_of_the_country_is_read_as_far_as_it_can_be():
    findings = read(manuals.ENGLISH, manuals.GERMAN, wanted=replace(EU, languages=("de",)))

    assert found(findings, "block") == []
    asked = found(findings, "review")
    assert {one.split(":")[0] for one in asked} == {"section_to_confirm", "section_not_judged"}
    assert {"section_to_confirm:disposal", "section_to_confirm:importer-or-rp-address"} < set(asked)
    [disposal] = [f for f in findings if f.params.get("section") == "disposal"]
    assert (disposal.page, disposal.quote) == (2, "ENTSORGUNG")
    assert "model_found" in found(findings, "note")
    assert found(read(manuals.ENGLISH, wanted=replace(EU, languages=("de",))), "block") == ["not_in_language"]


def test_a_scan_never_passes_by_itself():
    assert found(read(manuals.ENGLISH, source="ocr"), "block", "review") == ["no_text_layer"]
    assert found(read("", "", source="none"), "block") == ["no_text"]
    assert found(
        read(manuals.ENGLISH) + reader.read_from_pictures([Page(1, "x", "text"), Page(2, "", "none")]), "review"
    ) == ["no_text"]


def instead_of(start: str, end: str, lines: list[str]) -> str:
    """The manual with these lines from the line that begins with `start` up to the one that begins with `end`."""
    own = manuals.ENGLISH.split("\n")
    first, last = (next(at for at, line in enumerate(own) if line.startswith(begins)) for begins in (start, end))
    return "\n".join([*own[:first], *lines, *own[last:]])


VOLTS = "Rated voltage: 120 V~ 60 Hz."
WATER = "WARNING: Do not use this appliance near bathtubs, showers, basins or other vessels containing water.\nNever immerse the appliance in water or any other liquid.\n"
CORD = "If the supply cord is damaged, it must be replaced by the manufacturer or its service agent.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(
            ("voltage", manuals.ENGLISH.replace(VOLTS, rating))
            for rating in (
                "Operating voltage 230 volts AC, 50 Hz.",
                "Input: AC220V 50Hz",
                "Power: 220VAC",
                "Rated voltage: 220 V~ 50 Hz.\nThe rated voltage of US outlets is 120 V; use a converter.",
            )
        ),
        ("model", manuals.ENGLISH.replace("HD-2200", "HD-2300") + "\nThis manual does not apply to model HD-2200."),
        *(
            ("language", instead_of("Read all", "SPECIFICATIONS", other.split("\n")[1:8]))
            for other in (
                manuals.CHINESE,
                manuals.GERMAN,
                manuals.FRENCH,
                manuals.THAI,
                manuals.JAPANESE,
                manuals.VIETNAMESE,
            )
        ),
        ("water", manuals.ENGLISH.replace(WATER, "")),
        (
            "water",
            manuals.ENGLISH.replace(WATER, "The appliance can be used near bathtubs and may be immersed in water.\n"),
        ),
        ("cord", manuals.ENGLISH.replace(CORD, "")),
        ("importer", manuals.ENGLISH.replace("LLC, 100 Main Street, Austin, TX 78701, USA", "Co., Ltd., Yiwu, China")),
    ],
)
def test_a_faulty_manual_is_named_by_what_is_wrong(name, text):
    assert [code for code in found(read(text), "block", "review") if name in code]


@pytest.mark.parametrize(
    "text",
    [
        manuals.ENGLISH + "\n深圳美发电器有限公司",
        manuals.ENGLISH
        + "\nL'appareil numérique est conforme aux CNR d'Industrie Canada applicables aux appareils radio.",
        manuals.ENGLISH.replace(VOLTS, "Rated voltage: 120V~ 60Hz (US), 220-240V~ 50Hz (EU)."),
        manuals.ENGLISH.replace(WATER, "WARNING: Do not place the dryer where it can fall into a tub or sink.\n"),
    ],
)
def test_a_right_manual_of_another_shape_is_not_asked_about(text):
    assert found(read(text), "block", "review") == []
