"""The text of papers: from text layers, and recognised from scans and photos."""

import pytest
import typst

from compliance.reading import manuals as reader
from compliance.reading import pdf_worker
from compliance.reading.findings import outcome
from compliance.reading.pdf import PdfError
from compliance.reading.text import Page, is_readable, read, tidy
from tests.compliance import catalogue_rows as catalogue
from tests.compliance import manuals, papers
from tests.compliance.reading.test_manuals import US
from tests.pictures import encoded, scene


@pytest.fixture
def stored(tmp_path):
    def store(content: bytes):
        path = tmp_path / "paper"
        path.write_bytes(content)
        return path

    return store


def checked(pages: list[Page]):
    return reader.check(pages, US, catalogue.sections(), catalogue.voltages())


def codes(findings, *weights: str) -> set[str]:
    return {finding.code for finding in findings if finding.weight in weights}


def test_a_text_layer_is_read_page_by_page(stored):
    pages = read(stored(papers.pdf(manuals.ENGLISH, manuals.CHINESE)), "application/pdf", most_pages=300)

    assert [(page.number, page.source) for page in pages] == [(1, "text"), (2, "text")]
    assert outcome(checked(pages)) == "pass"


def test_only_as_many_pages_as_asked_for_are_read(stored):
    assert len(read(stored(papers.pdf(*[manuals.FRENCH] * 3)), "application/pdf", most_pages=2)) == 2


def test_a_scan_in_english_is_recognised_and_goes_to_a_person(stored):
    pages = read(stored(papers.scan(papers.pdf(manuals.ENGLISH))), "application/pdf", most_pages=300)

    assert [page.source for page in pages] == ["ocr"]
    assert (codes(checked(pages), "block"), codes(checked(pages), "review")) == (set(), {"no_text_layer"})


def test_a_scan_with_chinese_headings_is_not_taken_for_english(stored):
    pages = read(stored(papers.scan(papers.pdf(manuals.CHINESE_HEADINGS))), "application/pdf", most_pages=300)

    assert codes(checked(pages), "review") == {"mixed_language", "no_text_layer"}


def test_a_photo_of_a_chinese_manual_fails(stored):
    picture = papers.pictures(papers.pdf(manuals.CHINESE))[0]

    assert codes(checked(read(stored(encoded(picture).getvalue()), "image/jpeg", most_pages=300)), "block") == {
        "not_in_language"
    }


def test_without_text_nothing_passes(stored, monkeypatch):
    assert codes(checked(read(stored(encoded(scene(3)).getvalue()), "image/jpeg", most_pages=300)), "block") == {
        "no_text"
    }
    monkeypatch.setenv("PATH", "/nowhere")
    scanned = read(stored(papers.scan(papers.pdf(manuals.FRENCH), dpi=60)), "application/pdf", most_pages=300)
    assert codes(checked(scanned), "block") == {"no_text"}


def test_a_file_that_does_not_open_is_an_error_and_no_empty_text(stored):
    with pytest.raises(PdfError):
        read(stored(papers.with_password(papers.pdf("Model"))), "application/pdf", most_pages=300)
    with pytest.raises(PdfError):
        read(stored(b"%PDF-1.7\n"), "application/pdf", most_pages=300)


def test_letters_without_meaning_are_no_text():
    assert is_readable("Read all instructions before use.")
    assert not is_readable("\ue001\ue002\ue003 " * 20 + "abcdefghijklmnopqrstu")
    assert not is_readable("- 3 -")


def test_writing_variants_become_one():
    assert tidy("ＨＤ－２２００\u00a0 (120\u2009V)\r\nHD\u20112200") == "HD-2200 (120 V)\nHD-2200"


SHEET = "#set page(width: 210mm, height: 297mm, margin: 20mm)\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('#text("Test conclusion: PASS")', "text"),
        ('#text(fill: white, "Test conclusion: PASS")', "picture"),
        ('#text(size: 1pt, "Test conclusion: PASS")', "picture"),
        ('#box(fill: black, inset: 4pt)[#text(fill: white, "SAFETY INSTRUCTIONS")]', "text"),
        ('#text("_________________ ........... -----")', "text"),
    ],
)
def test_what_is_drawn_for_machines_alone_is_not_taken_for_what_is_seen(stored, line, shown):
    file = stored(typst.compile(f'{SHEET}#text("Report of a hair dryer, printed in black")\n\n{line}'.encode()))

    assert pdf_worker.text(str(file), 1)["shown"] == [shown]
