"""Papers as they come: made as PDFs, scans and tables here, read from the file on, and judged as a specialist would."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import typst

from compliance.reading import certificates, printed
from compliance.reading import manuals as reader
from compliance.reading.declared import Row, lines_of
from compliance.reading.findings import outcome
from compliance.reading.restrictions import Product
from compliance.reading.substances import check as check_lines
from compliance.reading.text import read
from tests.compliance import catalogue_rows as catalogue
from tests.compliance import manuals, papers
from tests.compliance.reading.test_certificates import NRTL, TODAY, asked
from tests.compliance.reading.test_manuals import US

HEADER = '#set page(width: %s, height: auto, margin: 8mm%s)\n#set text(size: 10pt, lang: "en", hyphenate: true)\n'


@pytest.fixture
def pages(tmp_path):
    def of(content: bytes, content_type: str = "application/pdf"):
        path = tmp_path / "paper"
        path.write_bytes(content)
        return read(path, content_type, most_pages=300)

    return of


def typeset(source: str, *, width: str = "210mm", more: str = "") -> bytes:
    return typst.compile((HEADER % (width, more) + source).encode())


def paragraphs(text: str) -> str:
    return "#set par(justify: true)\n" + "\n\n".join(f'#par[#text("{line}")]' for line in text.split("\n"))


def side_by_side(one: str, other: str) -> bytes:
    left, right = one.split("\n"), other.split("\n")
    right += [""] * (len(left) - len(right))
    cells = ",".join(f'[#text("{a}")],[#text("{b}")]' for a, b in zip(left, right, strict=True))
    return typeset(f"#table(columns: (1fr, 1fr), {cells})", width="297mm")


def manual(found_pages, want=US) -> tuple[str, list[str]]:
    findings = reader.check(found_pages, want, catalogue.sections(), catalogue.voltages())
    return outcome(findings), sorted({f.code for f in findings if f.weight != "note"})


ENGLISH = manuals.ENGLISH
TITLE = "HAIR DRYER HD-2200\nUSER MANUAL\nModel: HD-2200\nPlease read this manual before use and keep it for later."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (lambda: papers.pdf(ENGLISH.upper()), ("pass", [])),
        (lambda: typeset(paragraphs(ENGLISH), width="80mm"), ("pass", [])),
        (lambda: typeset(paragraphs(ENGLISH), more=", columns: 2"), ("pass", [])),
        (lambda: papers.pdf(ENGLISH, manuals.GERMAN, manuals.CHINESE), ("pass", [])),
        (lambda: papers.pdf(ENGLISH.replace("HD-2200", "ＨＤ－２２００").replace("120 V", "１２０ Ｖ")), ("pass", [])),
        (lambda: papers.pdf(ENGLISH.replace("HD-2200", "HD–2200")), ("pass", [])),
        (lambda: papers.pdf(ENGLISH.replace("Model: HD-2200", "Models: HD-2200/HD-2201")), ("pass", [])),
        (lambda: papers.pdf(ENGLISH.replace("HD-2200", "HD 2200")), ("review", ["model_written_otherwise"])),
        (lambda: papers.pdf(ENGLISH.replace("HD-2200", "HD-22xx")), ("review", ["model_by_series"])),
        (lambda: papers.pdf(manuals.CHINESE_HEADINGS), ("review", ["mixed_language"])),
        (lambda: side_by_side(ENGLISH, manuals.CHINESE), ("review", ["mixed_language"])),
        (lambda: papers.changed(papers.pdf(ENGLISH), lambda writer: writer.add_blank_page()), ("pass", [])),
        (lambda: papers.scan(papers.pdf(ENGLISH)), ("review", ["no_text_layer"])),
        (lambda: papers.scan(papers.pdf(ENGLISH), dpi=100), ("review", ["no_text_layer"])),
        (lambda: papers.pdf(TITLE, manuals.CHINESE, manuals.CHINESE), ("fail", ["not_in_language"])),
        (lambda: papers.of_pages(3), ("fail", ["no_text"])),
        (lambda: papers.pdf(ENGLISH.replace("120 V~ 60", "220 V~ 50")), ("fail", ["voltage_mismatch"])),
        (lambda: papers.pdf(ENGLISH.replace("HD-2200", "HD-2300")), ("fail", ["model_mismatch", "section_missing"])),
    ],
    ids=[
        "capitals", "broken words", "columns", "booklet", "full width", "dash", "two models", "space", "series",
        "chinese headings", "side by side", "blank page", "scan", "coarse scan", "english title only", "empty pages",
        "voltage", "model",
    ],
)  # fmt: skip
def test_a_manual(pages, content, found):
    assert manual(pages(content())) == found


CERTIFICATE = """CERTIFICATE OF COMPLIANCE
Certificate Number: E123456
Applicant: Shenzhen Meifa Electric Co., Ltd.
Issued by UL Solutions for hair dryers
Models: HD-2100 and HD-2200
Standard: UL 859
Issue date Expiry date
2026-03-02 2027-03-01"""
CHINESE_CERTIFICATE = """产品认证证书
证书编号：E123456
申请人：深圳美发电器有限公司 (Shenzhen Meifa Electric Co., Ltd.)
发证机构：UL Solutions
产品型号：HD-2100、HD-2200
标准：UL 859
有效期：2026年3月2日至2027年3月1日"""
FORM = replace(NRTL, issued_on=None)


def certificate(found_pages, form=FORM, key="us-nrtl-listing", **want) -> tuple[str, list[str]]:
    wanted = replace(asked(key), **want)
    findings = [
        *certificates.check(form, wanted, catalogue.formats()),
        *printed.compare(form, wanted, found_pages),
    ]
    return outcome(findings), sorted({f.code for f in findings if f.weight != "note"})


@pytest.mark.parametrize("text", [CERTIFICATE, CHINESE_CERTIFICATE, f"{CERTIFICATE}\n{CHINESE_CERTIFICATE}"])
def test_a_certificate_that_agrees_in_english_chinese_and_both(pages, text):
    makers = ("Meifa Electric", "美发电器")

    assert certificate(pages(papers.pdf(text)), makers=makers) == ("pass", [])


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("2027-03-01", "2026-09-01", ("fail", ["date_mismatch"])),
        ("2026-03-02 2027-03-01", "02/03/2026 01/03/2027", ("review", ["date_ambiguous"])),
        ("2026-03-02 2027-03-01", "03/02/2026 03/01/2027 \nTested 02/25/2026", ("pass", [])),
        ("Issue date Expiry date\n2026-03-02 2027-03-01", "Valid 2 March 2026 to March 1st, 2027", ("pass", [])),
        (
            "Issue date Expiry date\n2026-03-02 2027-03-01",
            "有效期至：二〇二七年三月一日\n签发日期：2026.03.02",
            ("pass", []),
        ),
        ("E123456", "E1234567", ("fail", ["number_mismatch"])),
        ("CERTIFICATE OF COMPLIANCE", "CERTIFICATE OF COMPLIANCE\nStatus: WITHDRAWN", ("fail", ["revoked_in_text"])),
        ("CERTIFICATE OF COMPLIANCE", "证书\n已注销", ("fail", ["revoked_in_text"])),
        ("CERTIFICATE OF COMPLIANCE", "This certificate may be withdrawn if misused.", ("pass", [])),
        ("CERTIFICATE OF COMPLIANCE", "SPECIMEN", ("review", ["no_original"])),
        ("HD-2100 and HD-2200", "HD-2100 and HD-2300", ("fail", ["model_not_in_text"])),
        ("HD-2100 and HD-2200", "HD-2100~HD-2300", ("review", ["model_by_series"])),
        ("HD-2100 and HD-2200", "HD-2199/2200", ("review", ["model_by_series"])),
        ("UL Solutions", "Results Laboratory", ("review", ["issuing_body_not_in_text"])),
        ("UL 859", "UL 8590", ("review", ["standard_not_in_text"])),
    ],
)
def test_a_certificate_with_one_thing_otherwise(pages, old, new, found):
    assert certificate(pages(papers.pdf(CERTIFICATE.replace(old, new)))) == found


def test_a_certificate_of_another_applicant_goes_to_a_person(pages):
    assert certificate(pages(papers.pdf(CERTIFICATE)), makers=("Ningbo Hailan Electric Co., Ltd.", "宁波海岚电器")) == (
        "review", ["holder_is_another"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hailan Electric", "Guangdong HAILAN Electric Appliance Co., Ltd.", True),
        ("海岚电器", "广东海岚电器有限公司", True),
        ("Shenzhen Electric Co., Ltd.", "Shenzhen Electric Technology Ltd", False),
        ("深圳市美发科技有限公司", "深圳市宏达科技有限公司", False),
    ],
)
def test_companies_are_told_apart_by_the_words_that_are_theirs(one, other, same):
    assert certificates.same_company(one, other) is same


def test_a_certificate_for_ce_is_no_declaration(pages):
    form = certificates.Paper(model_numbers=("HD-2200",), standard="EN 60335-1", fields={"signatory_name": "Li"})
    lab = "CE CERTIFICATE\nCertificate of conformity\nModel: HD-2200\nStandard: EN 60335-1"
    maker = "EU DECLARATION OF CONFORMITY\nWe declare under our sole responsibility\nModel: HD-2200\nEN 60335-1"

    def found(text):
        return certificate(pages(papers.pdf(text)), form, "eu-ce-doc", markets=("EU-DE", "EU"), is_declaration=True)

    assert found(lab) == ("fail", ["certificate_is_no_declaration"])
    assert found(maker) == ("pass", [])
    assert found(f"{lab}\nThe maker has to sign an EU declaration of conformity.") == found(lab)
    assert found("Test report of the hair dryer\nModel: HD-2200\nEN 60335-1") == ("review", ["declaration_not_in_text"])


def test_a_cpc_has_no_number_and_cites_what_its_form_says(pages):
    form = certificates.Paper(
        issued_on=date(2026, 2, 10),
        fields={
            "product_identification": "Wooden blocks WBB-50", "rules_cited": "16 CFR 1250; 16 CFR 1303",
            "cpsc_lab_id": "1234",
        },
    )  # fmt: skip
    text = "CHILDREN'S PRODUCT CERTIFICATE\n1. Product: Wooden blocks WBB-50\n2. 16 CFR Part 1250\n7. CPSC Lab ID 1234\nDate of issue: 2026-02-10"
    rules = ("16 CFR 1250", "16 CFR 1303")
    want = {"models": ("WBB-50",), "cites": rules, "is_declaration": True}

    assert certificate(pages(papers.pdf(text)), form, "us-cpc", **want) == ("review", ["rule_not_in_text"])
    assert certificate(pages(papers.pdf(f"{text}\n3. 16 CFR § 1303")), form, "us-cpc", **want) == ("pass", [])


def test_a_report_of_a_laboratory_that_the_form_does_not_name_is_seen(pages):
    form = certificates.Paper(model_numbers=("X5",), fields={"lab_name": "SGS"})
    text = "TEST REPORT\nModel: X5\nTested by CVC Testing Technology Co., Ltd.\nDeclaration of Conformity"

    assert "lab_not_recognised" in certificate(pages(papers.pdf(text)), form, "us-fcc-sdoc", models=("X5",))[1]


def declared(*rows: tuple[str, str, str], market="EU", category="beauty_cosmetics", type="", whole=True):
    lines, errors = lines_of([Row(name=name, cas=cas, percent=percent) for name, cas, percent in rows])
    assert errors == []
    product = Product(frozenset({category}), frozenset({"EU-DE", "EU"} if market == "EU" else {market}), TODAY, type)
    return check_lines(lines, product, catalogue.restrictions(), is_whole=whole)


def stopped(findings, *weights) -> list[str]:
    return sorted(f.code for f in findings if f.weight in (weights or ("block", "review")))


WATER = ("AQUA", "7732-18-5", "ad 100")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("GLYCERIN", "56–81–5", "5 % w/w"), WATER], []),
        ([("GLYCERIN", "５６－８１－５", "5％"), WATER], []),
        ([("GLYCERIN", "CAS No.: 56 - 81 - 5", "1～5%"), WATER], []),
        ([("GLYCERIN", "56-81-4", "5"), WATER], ["cas_check_digit"]),
        ([("GLYCERIN", "", "2"), ("GLYCERIN", "", "3"), WATER], ["cas_missing", "cas_missing", "duplicate"]),
        ([("GLYCERIN", "56-81-5", "2"), ("Glycerol", "", "3"), WATER], ["cas_missing", "duplicate"]),
        ([("AQUA", "7732-18-5", "60"), ("GLYCERIN", "56-81-5", "45")], ["sum_not_100"]),
        ([("CITRIC ACID", "77-92-9", "q.s."), WATER], ["concentration_missing"]),
        ([("PHENOXYETHANOL", "122-99-6", "9,5 g/kg"), WATER], []),
        ([("PHENOXYETHANOL", "122-99-6", "15 mg/g"), WATER], ["over_limit"]),
        ([("METHYLPARABEN", "99-76-3", "0.4"), ("PROPYLPARABEN", "94-13-3", "0.14"), WATER], []),
        ([("PROPYLPARABEN", "94-13-3", "0.1"), ("BUTYLPARABEN", "94-26-8", "0.1"), WATER], ["over_sum"]),
        ([("METHYLPARABEN", "99-76-3", "0.4"), ("ETHYLPARABEN", "120-47-8", "0.4"),
          ("PROPYLPARABEN", "94-13-3", "0.1"), WATER], ["over_sum"]),
        ([("Ethyl 4-hydroxybenzoate", "120-47-8", "0.5"), WATER], ["over_sum"]),
        ([("ISOPROPYLPARABEN", "4191-73-5", "0.1"), WATER], ["prohibited"]),
        ([("MERCURY COMPOUNDS", "", "0.01"), WATER], ["cas_missing", "prohibited"]),
        ([("Lead acetate", "", "0.1"), WATER], ["cas_missing", "prohibited"]),
        ([("六价铬", "", "0.1"), WATER], ["cas_missing", "prohibited"]),
        ([("氢醌", "", "1"), WATER], ["cas_missing", "prohibited"]),
        ([("POLYPERFLUOROETHOXYMETHOXY PEG-2 PHOSPHATE", "200013-65-6", "1"), WATER], ["group_suspected"]),
    ],
)  # fmt: skip
def test_a_formula(rows, found):
    assert stopped(declared(*rows, type="face")) == found


def test_phthalates_count_together_in_toys_of_the_eu_and_alone_in_those_of_the_us():
    four = [("DEHP", "117-81-7", "0.04"), ("Dibutyl phthalate", "84-74-2", "0.04"), ("DIBP", "", "400 ppm")]

    [over] = [f for f in declared(*four, category="toys", whole=False) if f.weight == "block"]
    assert (over.code, over.params["lines"], over.params["high"], over.params["limit"]) == (
        "over_sum", [1, 2, 3], "0.12", "0.1",
    )  # fmt: skip
    assert over.params["law"] == "Regulation (EC) 1907/2006 Annex XVII entry 51"
    assert stopped(declared(*four, category="toys", market="US", whole=False), "block") == []
    assert stopped(declared(*four, category="childrens_products", whole=False), "block") == ["over_sum"]
    assert stopped(declared(*four[:2], category="toys", whole=False), "block") == []
    assert stopped(
        declared(("Bis(2-ethylhexyl) phthalate", "", "0.2"), category="toys", market="US", whole=False), "block"
    ) == ["over_limit"]


def test_heavy_metals_count_together_in_each_part_of_the_packaging():
    rows = [
        Row(name="Lead", cas="7439-92-1", percent="60 ppm", function="packaging box"),
        Row(name="Cadmium", cas="7440-43-9", percent="60 mg/kg", function="packaging box"),
        Row(name="Lead", cas="7439-92-1", percent="60 ppm", function="packaging film"),
    ]
    product = Product(frozenset({"home_general"}), frozenset({"EU-DE", "EU"}), TODAY)
    findings = check_lines(lines_of(rows)[0], product, catalogue.restrictions(), is_whole=False)

    [over] = [f for f in findings if f.code == "over_sum"]
    assert (over.params["lines"], Decimal(over.params["high"])) == ([1, 2], Decimal("0.012"))


@pytest.mark.parametrize("said", ["1,000 ppm", "1,500 mg/kg"])
def test_a_comma_that_can_be_read_in_two_ways_is_asked_about(said):
    assert lines_of([Row(name="LEAD", percent=said)])[1] == [(1, "separator")]
