"""What a label has to show, and what is read of it in the picture."""

import numpy
import pytest
import zxingcpp
from PIL import Image

from compliance.reading.barcodes import with_barcodes
from compliance.reading.facts import problems_of
from compliance.reading.labels import check, elements_of
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue

LABELS = [row for row in catalogue.rows("requirements") if row["kind"] == "label"]
GENERIC = {"language", "model_number", "batch_or_date_code", "manufacturer_name_address", "importer_or_rp_name_address"}


@pytest.mark.parametrize("row", LABELS, ids=lambda row: row["key"])
def test_each_label_asks_for_its_own_marks_with_an_example_in_both_languages(row):
    marks = row["asks"]["marks"]

    assert problems_of(row["asks"]) == []
    assert set(marks) <= set(row["fields"])
    assert marks
    assert set(elements_of(row["fields"])) != GENERIC or row["key"] == "gl-product-identity-photos"
    assert all(mark["en"] and mark["zh"] and mark["example"] for mark in marks.values())


def test_no_two_labels_of_a_market_ask_the_same():
    asked = [tuple(elements_of(row["fields"])) for row in LABELS if row["markets"] != ["UK"]]

    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    ("key", "printed", "element"),
    [
        ("eu-ce-mark-photo", "HL-KT17 CE 0123", "ce_mark"),
        ("us-ca-prop65", "WARNING: Cancer and Reproductive Harm - www.P65Warnings.ca.gov", "prop65_words"),
        ("us-small-parts-warning", "WARNING: CHOKING HAZARD -- Small parts.", "choking_warning"),
        ("eu-weee-mark", "Nicht in den Hausmüll werfen", "disposal_note"),
        ("gl-lithium-battery-mark", "UN3481 Tel. +86 755 000", "un_number"),
        ("eu-clp-label", "UFI: VDU1-414F-1003-1862", "ufi"),
        ("us-textile-fibre-label", "100% COTTON RN 54321 MADE IN CHINA", "rn_or_maker"),
        ("us-laser-label", "CLASS 2 LASER PRODUCT", "laser_class"),
        ("th-thai-label", "ผู้นำเข้า บริษัท ตัวอย่าง", "thai_text"),
        ("sa-arabic-label", "بلد المنشأ الصين", "arabic_text"),
        ("vn-label", "Xuất xứ: Trung Quốc", "vietnamese_text"),
        ("uk-nightwear", "KEEP AWAY\nFROM FIRE", "nightwear_words"),
    ],
)
def test_the_words_of_a_mark_are_found_in_the_text_of_the_picture(key, printed, element):
    marks = catalogue.requirement(key)["asks"]["marks"]
    read = {one.params["element"]: one.page for one in check([Page(1, "", "none"), Page(2, printed, "ocr")], marks)}

    assert read.get(element) == 2
    assert list(check([Page(1, "Electric kettle", "ocr")], {element: marks[element]})) == []


def test_a_barcode_is_read_and_compared_with_that_of_the_sample(tmp_path):
    code = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    drawn = Image.fromarray(numpy.array(zxingcpp.write_barcode_to_image(code, scale=3)))
    photo = Image.new("L", (900, 600), 255)
    photo.paste(drawn, (200, 150))
    path = tmp_path / "label.jpg"
    photo.rotate(8, fillcolor=255).save(path)

    pages = with_barcodes([Page(1, "", "none")], path, "image/jpeg")

    assert [tuple(one) for one in pages[0].barcodes] == [("EAN-13", "4006381333931")]
    assert [one.code for one in check(pages, {}, "4006381333931")] == ["barcode_read"]
    assert [(one.code, one.weight) for one in check(pages, {}, "4006381333948")] == [
        ("barcode_read", "note"),
        ("barcode_differs", "review"),
    ]


def test_a_long_report_is_not_searched_for_barcodes(tmp_path):
    pages = [Page(number, "x" * 500, "text") for number in (1, 2)]

    assert with_barcodes(pages, tmp_path / "no such file", "application/pdf") == pages
    assert with_barcodes([Page(1, "x", "ocr")] * 4, tmp_path / "no such file", "application/pdf")[0].barcodes == ()
