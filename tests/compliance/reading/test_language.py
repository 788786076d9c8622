"""In which language a paper is, line by line: what passes, what a person looks at, what fails."""

import pytest

from compliance.reading.language import Verdict, judge, name_of
from compliance.reading.text import Page
from tests.compliance import manuals


def judged(*texts: str, wanted: str = "en", source: str = "text"):
    return judge([Page(number, text, source) for number, text in enumerate(texts, start=1)], wanted)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        ([manuals.ENGLISH], "english"),
        ([manuals.ENGLISH.upper()], "english"),
        ([manuals.ENGLISH, manuals.GERMAN, manuals.CHINESE], "multilingual_with_english"),
        ([manuals.CHINESE, manuals.ENGLISH], "multilingual_with_english"),
        ([manuals.ENGLISH + "\n" + manuals.CHINESE], "multilingual_with_english"),
        ([manuals.FRENCH + "\n" + manuals.ENGLISH + "\n" + manuals.VIETNAMESE], "multilingual_with_english"),
        ([manuals.CHINESE_HEADINGS], "mixed"),
        ([manuals.BOTH_IN_EACH_HEADING], "mixed"),
        ([manuals.LINE_BY_LINE], "mixed"),
        ([manuals.CHINESE], "not_english"),
        ([manuals.GERMAN], "not_english"),
        ([manuals.FRENCH], "not_english"),
        ([manuals.JAPANESE], "not_english"),
        ([manuals.THAI], "not_english"),
        ([manuals.VIETNAMESE], "not_english"),
        ([manuals.INDONESIAN], "not_english"),
        ([manuals.ARABIC], "not_english"),
        ([manuals.CHINESE + "\nMade in China\nPlease read the manual before use."], "not_english"),
        ([], "no_text"),
        (["", "HD-2200"], "no_text"),
    ],
)
def test_the_verdict_on_english(texts, verdict):
    assert judged(*texts).verdict == verdict


@pytest.mark.parametrize("other", [manuals.GERMAN, manuals.CHINESE])
def test_strings_here_and_there_are_no_part_of_a_manual(other):
    """Button names and headings in English, an eighth of the whole, tell nobody how to use it."""
    english = [line for line in manuals.ENGLISH.split("\n") if len(line) > 60][:6]
    foreign = other.split("\n") * 2
    step = len(foreign) // len(english)
    scattered = "\n".join(
        "\n".join([*foreign[place * step : (place + 1) * step], line]) for place, line in enumerate(english)
    )
    together = "\n".join([*foreign, *english])

    assert judged(scattered).shares["en"] == pytest.approx(judged(together).shares["en"], rel=0.5)
    assert not judged(scattered).is_good
    assert judged(together).is_good


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", manuals.GERMAN),
        ("fr", manuals.FRENCH),
        ("ja", manuals.JAPANESE),
        ("th", manuals.THAI),
        ("vi", manuals.VIETNAMESE),
        ("id", manuals.INDONESIAN),
        ("ms", manuals.INDONESIAN),
        ("ar", manuals.ARABIC),
        ("zh", manuals.CHINESE),
    ],
)
def test_the_languages_of_the_markets_are_told_apart(language, text):
    assert judged(text, wanted=language).verdict == Verdict.ONLY
    assert judged(manuals.ENGLISH, text, wanted=language).is_good
    assert judged(manuals.ENGLISH, wanted=language).verdict == Verdict.OTHER


def test_an_address_in_chinese_does_not_make_an_english_manual_mixed():
    assert judged(manuals.ENGLISH + "\n深圳美发电器有限公司\n深圳市南山区科技路8号").verdict == Verdict.ONLY


def test_a_smudge_of_a_scan_is_no_other_language():
    spoilt = manuals.ENGLISH.replace("\n", "\n一\n")

    assert judged(spoilt, source="ocr").verdict == Verdict.ONLY


def test_only_the_lines_of_the_wanted_language_are_searched_later():
    own = judged(manuals.ENGLISH, manuals.GERMAN, manuals.CHINESE).lines

    assert {line.page for line in own} == {1}
    assert [line.text for line in own] == manuals.ENGLISH.split("\n")


def test_what_interrupts_is_shown_with_its_page():
    found = judged(manuals.ENGLISH, manuals.CHINESE_HEADINGS)

    assert (found.changes, found.strange[0].page, found.strange[0].text) == (7, 2, "重要安全说明")


def test_a_verdict_has_a_name_for_every_language():
    assert [name_of(verdict, "de") for verdict in Verdict] == [
        "de",
        "multilingual_with_de",
        "mixed",
        "not_de",
        "no_text",
    ]
