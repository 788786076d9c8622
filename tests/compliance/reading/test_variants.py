"""Papers in many shapes, as text: a faulty one is named by what is wrong with it, a right one is not asked about."""

import json
import re
from datetime import date

import pytest

from compliance.reading import certificates, printed
from compliance.reading.certificates import Paper
from compliance.reading.facts import About, facts_of, findings
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue
from tests.compliance.reading.test_certificates import TODAY

S = "Shenzhen Example Electric Co., Ltd."
LVD = """TEST REPORT
Report No.: EXT26030201
Applicant: Shenzhen Example Electric Co., Ltd.
Sample name: Hair dryer
Model: HD-2200
Standard: EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015
Sample received: 2026.02.10
Test conclusion: PASS
Date of issue: 2026-03-02
Laboratory: Example Testing Laboratory, Shenzhen, China CNAS L00001 (ISO/IEC 17025)
Approved by: A. Example Signature: A. Example"""
LVDF = Paper(
    number="EXT26030201",
    issuing_body="Example Testing Laboratory",
    standard="EN 60335-1",
    model_numbers=("HD-2200",),
    holder=S,
    issued_on=date(2026, 3, 2),
    fields={"lab_accreditation": "CNAS L00001", "result": "Pass"},
)
DOC = """EU DECLARATION OF CONFORMITY
Manufacturer: Shenzhen Example Electric Co., Ltd.
Address: Building 3, Nanshan Industrial Park, Shenzhen, China
Product: Hair dryer
Model: HD-2200
This declaration of conformity is issued under the sole responsibility of the manufacturer.
The object of the declaration described above is in conformity with the relevant Union harmonisation legislation:
2014/35/EU (LVD), 2014/30/EU (EMC), 2011/65/EU and (EU) 2015/863 (RoHS), 2009/125/EC
Harmonised standards: EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015, EN 55014-1:2021, EN IEC 63000:2018
Signed for and on behalf of Shenzhen Example Electric Co., Ltd.
Name and function: A. Example, General Manager Signature: A. Example
Place and date of issue: Shenzhen, 2 March 2026"""
DOCF = Paper(
    standard="EN 60335-1; EN 60335-2-23; EN 55014-1; EN IEC 63000",
    model_numbers=("HD-2200",),
    issued_on=date(2026, 3, 2),
    fields={
        "manufacturer_name_address": S + ", Building 3, Nanshan Industrial Park, Shenzhen, China",
        "legislation_cited": "2014/35/EU; 2014/30/EU; 2011/65/EU; 2009/125/EC",
        "signatory_name": "A. Example, General Manager",
        "signed_place_date": "Shenzhen, 2026-03-02",
    },
)
CITED = (("2014/35/EU",), ("2014/30/EU",), ("2011/65/EU",), ("2009/125/EC", "2024/1781"))
ROHS = """TEST REPORT
Report No.: EXT26030220
Applicant: Shenzhen Example Electric Co., Ltd.
Sample name: Hair dryer
Model: HD-2200
Standard: IEC 62321-3-1:2013, IEC 62321-4:2013, IEC 62321-5:2013, IEC 62321-7-2:2017, IEC 62321-8:2017; limits of Directive 2011/65/EU and (EU) 2015/863
Test conclusion: PASS
Item Unit Limit Result Conclusion
Lead (Pb) mg/kg 1000 N.D. Pass
Cadmium (Cd) mg/kg 100 N.D. Pass
Mercury (Hg) mg/kg 1000 N.D. Pass
Hexavalent chromium (Cr(VI)) mg/kg 1000 N.D. Pass
PBBs mg/kg 1000 N.D. Pass
PBDEs mg/kg 1000 N.D. Pass
DEHP mg/kg 1000 N.D. Pass
BBP mg/kg 1000 N.D. Pass
DBP mg/kg 1000 N.D. Pass
DIBP mg/kg 1000 N.D. Pass
Date of issue: 2026-03-02
Laboratory: Example Testing Laboratory, Shenzhen, China CNAS L00001 (ISO/IEC 17025)
Approved by: A. Example Signature: A. Example"""
ROHSF = Paper(
    number="EXT26030220",
    issuing_body="Example Testing Laboratory",
    standard="IEC 62321-5",
    model_numbers=("HD-2200",),
    holder=S,
    issued_on=date(2026, 3, 2),
    fields={"result": "Pass"},
)
GPSR = """EU RESPONSIBLE PERSON AGREEMENT (Regulation (EU) 2023/988 Art. 16, (EU) 2019/1020 Art. 4)
EU responsible person: Example GmbH, Musterstrasse 1, 10115 Berlin, Germany, contact@example.com
Manufacturer: Shenzhen Example Electric Co., Ltd., Building 3, Nanshan Industrial Park, Shenzhen, China
Product: Hair dryer, Model HD-2200
Valid from 2026-03-02 to 2028-03-01. Date of issue: 2026-03-02
Signed for the manufacturer: A. Example, General Manager. Signed for the responsible person: B. Example, Director."""
GPSRF = Paper(
    model_numbers=("HD-2200",),
    issued_on=date(2026, 3, 2),
    valid_from=date(2026, 3, 2),
    valid_to=date(2028, 3, 1),
    holder=S,
    fields={},
)
UN = """LITHIUM BATTERY TEST SUMMARY (UN 38.3)
Cell manufacturer Shenzhen Cell Co., Ltd., Longgang District, Shenzhen, China, +86 755 8888 0000
Test laboratory Example Battery Lab, Shenzhen, China, lab@example.com
Report No. UN-2026-88
Date of test report 2026-03-02
Description Lithium ion polymer cell
Battery model 602030 3.7 V 300 mAh
Watt-hour rating 1.11 Wh
Mass 6 g
Manual edition ST/SG/AC.10/11/Rev.8, section 38.3
Test Result
T.1 Altitude simulation Pass
T.2 Thermal test Pass
T.3 Vibration Pass
T.4 Shock Pass
T.5 External short circuit Pass
T.6 Impact / Crush Pass
T.7 Overcharge Pass
T.8 Forced discharge Pass
Signed: A. Example, Quality Director, Shenzhen Cell Co., Ltd. Date of issue: 2026-03-02"""
UNF = Paper(
    number="UN-2026-88",
    model_numbers=("602030",),
    issued_on=date(2026, 3, 2),
    fields={"lab_name": "Example Battery Lab"},
)
SDOC = """FCC Supplier's Declaration of Conformity
Compliance statement: This device complies with Part 15 of the FCC Rules. Operation is subject to the following two
conditions: (1) This device may not cause harmful interference, and (2) this device must accept any interference
received, including interference that may cause undesired operation.
Product Hair dryer
Model number HD-2200
Responsible Party Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100
Test report EXT26030240, Example Testing Laboratory
We hereby declare that the equipment named above conforms to 47 CFR Part 15 Subpart B.
Signed: A. Example, Compliance Manager. Date: 2026-03-02"""
SDOCF = Paper(model_numbers=("HD-2200",), issued_on=date(2026, 3, 2), fields={})
CPC = """CHILDREN'S PRODUCT CERTIFICATE
1. Identification of the product covered by this certificate: Wooden building blocks, Model WBB-50
2. Citation to each CPSC product safety regulation to which this product is being certified: 16 CFR 1250 (ASTM F963-23), 16 CFR 1303, CPSIA Section 101, 16 CFR 1307
3. Identification of the U.S. importer or domestic manufacturer certifying compliance: Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100
4. Contact information for the individual maintaining records of test results: A. Example, records@example.com, +1 213 555 0101
5. Date and place where this product was manufactured: January 2026, Yiwu, Zhejiang, China
6. Date and place where this product was tested: 02/10/2026, Shenzhen, China
7. Identification of any third party, CPSC-accepted laboratory: Example Testing Laboratory, Shenzhen, China, CPSC Lab ID: 1016
Date of issue: 03/02/2026"""
CPCF = Paper(
    model_numbers=("WBB-50",),
    issued_on=date(2026, 3, 2),
    fields={"rules_cited": "16 CFR 1250; 16 CFR 1303; 16 CFR 1307", "cpsc_lab_id": "1016"},
)
BASE = {
    "lvd": ("eu-lvd", LVD, LVDF, {}),
    "doc": ("eu-ce-doc", DOC, DOCF, {"cited": CITED}),
    "rohs": ("eu-rohs", ROHS, ROHSF, {}),
    "gpsr": ("eu-gpsr-rp", GPSR, GPSRF, {}),
    "un": ("gl-un383", UN, UNF, {"models": ("602030",)}),
    "sdoc": ("us-fcc-sdoc", SDOC, SDOCF, {"markets": ("US",)}),
    "cpc": (
        "us-cpc",
        CPC,
        CPCF,
        {"models": ("WBB-50",), "markets": ("US",), "cites": ("16 CFR 1250", "16 CFR 1303"), "order": "mdy"},
    ),
}


def sub(base, *pairs):
    t = BASE[base][1]
    for a, b in pairs:
        assert a in t, (base, a)
        t = t.replace(a, b)
    return t


FAULTY = [
    (
        "lvd",
        sub("lvd", ("EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015", "EN 55032:2015, EN 55035:2017")),
        "standard",
    ),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015", "IEC 62321-5:2013")), "standard"),
    (
        "lvd",
        sub("lvd", ("EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015", "GB 4706.1-2005, GB 4706.15-2008")),
        "standard",
    ),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015", "UL 859, UL 1097")), "standard"),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "EN 60335-1:1994")), "edition"),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "EN 60335-1/2002")), "edition"),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "EN 60335-1 (2002)")), "edition"),
    (
        "lvd",
        sub(
            "lvd",
            ("EN 60335-1:2012+A15:2021", "EN 60335-1 : 2002 + A1:2004 + A11:2004 + A12:2006 + A2:2006 + A13:2008"),
        ),
        "edition",
    ),
    (
        "lvd",
        sub("lvd", ("EN 60335-1:2012+A15:2021, EN 60335-2-23:2003+A2:2015", "EN 60335-1:2012+A15:2021")),
        "standard",
    ),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model: HD-2300")), "model"),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model: HD-2200A")), "model"),
    ("lvd", sub("lvd", ("Model: HD-2200", "型号：RCY-1500")), "model"),
    (
        "lvd",
        sub("lvd", ("Model: HD-2200", "Model: HD-2300\nRemark: the sample differs from HD-2200 in the housing")),
        "model",
    ),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model: HD-2300 (HD-2200 not covered)")), "model"),
    (
        "lvd",
        sub("lvd", ("Laboratory: Example Testing Laboratory, Shenzhen, China CNAS L00001 (ISO/IEC 17025)\n", "")),
        "lab|issu",
    ),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02\n", "")), "date"),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "Date of issue: 2024-03-02")), "date"),
    (
        "lvd",
        sub("lvd", ("Date of issue: 2026-03-02", "Date of issue: 2026-03-02\nValid until: 2026-09-01")),
        "valid|expir",
    ),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "签发日期：2026-03-02\n有效期至：2026年9月1日")), "valid|expir"),
    (
        "lvd",
        sub("lvd", ("Date of issue: 2026-03-02", "Ausstellungsdatum: 02.03.2026\nGültig bis: 01.09.2026")),
        "valid|expir",
    ),
    (
        "lvd",
        sub("lvd", ("Date of issue: 2026-03-02", "Date of issue: 2026-03-02\nThis report expired on 2026-09-01")),
        "valid|expir",
    ),
    ("lvd", sub("lvd", ("TEST REPORT", "TEST REPORT\nWITHDRAWN")), "revok|withdr"),
    (
        "lvd",
        sub("lvd", ("TEST REPORT", "TEST REPORT\nTHIS REPORT HAS BEEN CANCELLED AND REPLACED BY EXT26030299")),
        "revok|cancel|withdr",
    ),
    ("lvd", sub("lvd", ("TEST REPORT", "TEST REPORT\n本报告已作废")), "revok|作废"),
    ("lvd", sub("lvd", ("TEST REPORT", "TEST REPORT\nDRAFT - NOT FOR RELEASE")), "origin|draft"),
    ("lvd", sub("lvd", ("TEST REPORT", "TEST REPORT (DRAFT)")), "origin|draft"),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Test conclusion: see attached sheet")), "result"),
    ("lvd", sub("lvd", ("Test conclusion: PASS\n", "")), "result"),
    ("lvd", sub("lvd", ("TEST REPORT\n", "CERTIFICATE OF CONFORMITY\n"), ("Report No.", "Certificate No.")), "kind"),
    (
        "lvd",
        sub(
            "lvd",
            ("TEST REPORT\n", "QUOTATION FOR TESTING\n"),
            ("Report No.", "Quotation No."),
            ("Test conclusion: PASS", "Price: 800 USD"),
        ),
        "kind",
    ),
    (
        "lvd",
        sub("lvd", ("Applicant: Shenzhen Example Electric Co., Ltd.", "Applicant: Ningbo Other Trading Co., Ltd.")),
        "holder|applicant",
    ),
    ("lvd", sub("lvd", ("Report No.: EXT26030201", "Report No.: EXT26039999")), "number"),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Approved by",
                "This report is for research and development purposes only and must not be used for market access.\nApproved by",
            ),
        ),
        "proof|research|no_",
    ),
    (
        "lvd",
        sub("lvd", ("Approved by", "This report has no certification function for society.\nApproved by")),
        "proof|certif",
    ),
    ("lvd", sub("lvd", ("Approved by", "仅供客户内部参考，无社会证明作用\nApproved by")), "proof"),
    (
        "lvd",
        sub(
            "lvd",
            ("Test conclusion: PASS", "Test conclusion: PASS (clauses 8 to 11 only; remaining clauses not tested)"),
        ),
        "extent",
    ),
    ("doc", sub("doc", ("2014/35/EU (LVD)", "2006/95/EC (LVD)")), "2014/35|2006/95"),
    ("doc", sub("doc", ("2014/35/EU (LVD)", "73/23/EEC (LVD)")), "2014/35|73/23"),
    ("doc", sub("doc", ("2014/30/EU (EMC), ", "")), "2014/30"),
    ("doc", sub("doc", (", 2009/125/EC", "")), "2009/125"),
    ("doc", sub("doc", ("2011/65/EU and (EU) 2015/863 (RoHS), ", "")), "2011/65"),
    ("doc", sub("doc", ("2011/65/EU", "2002/95/EC")), "2011/65|2002/95"),
    (
        "doc",
        sub(
            "doc",
            (" Signature: A. Example", ""),
            ("Name and function: A. Example, General Manager", "Name and function:"),
        ),
        "sign",
    ),
    ("doc", sub("doc", (" Signature: A. Example", " Signature:")), "sign"),
    ("doc", sub("doc", (" Signature: A. Example", " Signature: N/A")), "sign"),
    ("doc", sub("doc", (" Signature: A. Example", " Signature: ( )")), "sign"),
    ("doc", sub("doc", (" Signature: A. Example", " Signature: to be signed")), "sign"),
    ("doc", sub("doc", (" Signature: A. Example", " Signature: [signature]")), "sign"),
    ("doc", sub("doc", (" Signature: A. Example", " Signature: Date: 2 March 2026")), "sign"),
    (
        "doc",
        sub(
            "doc",
            (
                "Name and function: A. Example, General Manager Signature: A. Example",
                "Signature: ........... Name: ...........",
            ),
        ),
        "sign",
    ),
    ("doc", sub("doc", ("Place and date of issue: Shenzhen, 2 March 2026", "Place and date of issue:")), "date|place"),
    ("doc", sub("doc", ("Place and date of issue: Shenzhen, 2 March 2026", "Date of issue: 2 March 2026")), "place"),
    ("doc", sub("doc", ("Place and date of issue: Shenzhen, 2 March 2026", "Place: Shenzhen")), "date"),
    ("doc", sub("doc", ("Model: HD-2200", "Model: HD-3300")), "model"),
    (
        "doc",
        sub(
            "doc",
            ("EU DECLARATION OF CONFORMITY", "CERTIFICATE OF COMPLIANCE"),
            ("This declaration of conformity is issued", "This certificate is issued"),
            ("The object of the declaration", "The object"),
            ("Signed for and on behalf of Shenzhen Example Electric Co., Ltd.", "Example Testing Laboratory"),
        ),
        "declar|certif",
    ),
    (
        "doc",
        sub(
            "doc",
            ("EU DECLARATION OF CONFORMITY", "VERIFICATION OF CONFORMITY"),
            ("This declaration of conformity is issued", "This verification is issued"),
            ("The object of the declaration", "The object"),
        ),
        "declar|certif",
    ),
    (
        "doc",
        sub(
            "doc",
            ("EU DECLARATION OF CONFORMITY", "UK DECLARATION OF CONFORMITY"),
            (
                "2014/35/EU (LVD), 2014/30/EU (EMC), 2011/65/EU and (EU) 2015/863 (RoHS), 2009/125/EC",
                "Electrical Equipment (Safety) Regulations 2016, Electromagnetic Compatibility Regulations 2016",
            ),
            ("Union harmonisation", "UK"),
        ),
        "2014/35",
    ),
    (
        "doc",
        sub(
            "doc",
            (
                "Manufacturer: Shenzhen Example Electric Co., Ltd.\nAddress: Building 3, Nanshan Industrial Park, Shenzhen, China\n",
                "",
            ),
            ("Signed for and on behalf of Shenzhen Example Electric Co., Ltd.\n", ""),
        ),
        "maker|manufacturer",
    ),
    (
        "rohs",
        sub(
            "rohs",
            (
                "DEHP mg/kg 1000 N.D. Pass\nBBP mg/kg 1000 N.D. Pass\nDBP mg/kg 1000 N.D. Pass\nDIBP mg/kg 1000 N.D. Pass\n",
                "",
            ),
        ),
        "DEHP",
    ),
    ("rohs", sub("rohs", ("DIBP mg/kg 1000 N.D. Pass\n", "")), "DIBP"),
    (
        "rohs",
        sub(
            "rohs",
            (
                "DEHP mg/kg 1000 N.D. Pass\nBBP mg/kg 1000 N.D. Pass\nDBP mg/kg 1000 N.D. Pass\nDIBP mg/kg 1000 N.D. Pass\n",
                "Note: DEHP, BBP, DBP and DIBP were not tested.\n",
            ),
        ),
        "DEHP",
    ),
    (
        "rohs",
        sub(
            "rohs",
            (
                "DEHP mg/kg 1000 N.D. Pass\nBBP mg/kg 1000 N.D. Pass\nDBP mg/kg 1000 N.D. Pass\nDIBP mg/kg 1000 N.D. Pass\n",
                "DEHP, BBP, DBP, DIBP: not required by the client\n",
            ),
        ),
        "DEHP",
    ),
    ("rohs", sub("rohs", ("DEHP mg/kg 1000 N.D. Pass", "DEHP mg/kg 1000 / N/A")), "DEHP"),
    ("rohs", sub("rohs", ("Cadmium (Cd) mg/kg 100 N.D. Pass", "Cadmium (Cd) mg/kg 100 230 Pass")), "limit"),
    ("rohs", sub("rohs", ("Cadmium (Cd) mg/kg 100 N.D. Pass", "Cadmium (Cd) mg/kg 100 230 F")), "limit|result"),
    ("rohs", sub("rohs", ("Lead (Pb) mg/kg 1000 N.D. Pass", "铅 (Pb) mg/kg 1000 N.D. 不合格")), "result"),
    (
        "rohs",
        sub(
            "rohs",
            (
                "IEC 62321-3-1:2013, IEC 62321-4:2013, IEC 62321-5:2013, IEC 62321-7-2:2017, IEC 62321-8:2017; limits of Directive 2011/65/EU and (EU) 2015/863",
                "EN 71-3:2019",
            ),
        ),
        "standard",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example GmbH, Bahnhofstrasse 1, 8001 Zürich, Switzerland",
            ),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example Ltd, 12 High Street, Manchester M1 1AA, United Kingdom",
            ),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            ("Example GmbH, Musterstrasse 1, 10115 Berlin, Germany", "Example Inc., 1 Main St, Austin, TX 78701"),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            ("Example GmbH, Musterstrasse 1, 10115 Berlin, Germany", "Example Ltd, Flat 5, 9/F, Kowloon, Hong Kong"),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub("gpsr", ("Example GmbH, Musterstrasse 1, 10115 Berlin, Germany", "义乌市示例贸易有限公司，浙江省义乌市")),
        "responsible",
    ),
    (
        "gpsr",
        sub("gpsr", ("Example GmbH, Musterstrasse 1, 10115 Berlin, Germany", "Example Ltd., Istanbul, Türkiye")),
        "responsible",
    ),
    ("gpsr", sub("gpsr", ("Example GmbH, Musterstrasse 1, 10115 Berlin, Germany", "Example GmbH")), "responsible"),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Berlin Trading Co., Ltd., Longhua District, Shenzhen, China",
            ),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Germany Direct Ltd., Bao'an, Shenzhen, Guangdong",
            ),
        ),
        "responsible",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Signed for the manufacturer: A. Example, General Manager. Signed for the responsible person: B. Example, Director.",
                "Signed for the manufacturer: ______ Signed for the responsible person: ______",
            ),
        ),
        "sign",
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Signed for the manufacturer: A. Example, General Manager. Signed for the responsible person: B. Example, Director.",
                "Signed for the manufacturer: A. Example, General Manager. Signed for the responsible person: ______",
            ),
        ),
        "sign",
    ),
    (
        "gpsr",
        sub("gpsr", ("Valid from 2026-03-02 to 2028-03-01.", "Valid from 2024-03-02 to 2026-03-01.")),
        "valid|date",
    ),
    ("gpsr", sub("gpsr", ("Model HD-2200", "Model HD-3300")), "model"),
    ("un", sub("un", ("T.5 External short circuit Pass", "T.5 External short circuit F")), "result"),
    ("un", sub("un", ("T.5 External short circuit Pass", "T.5 External short circuit NG")), "result"),
    ("un", sub("un", ("T.4 Shock Pass\n", "")), "T.4"),
    ("un", sub("un", ("T.7 Overcharge Pass\nT.8 Forced discharge Pass\n", "")), "T.7|T.8"),
    ("un", sub("un", ("T.4 Shock Pass", "T.4 Shock N/A")), "T.4|result"),
    ("un", sub("un", ("T.4 Shock Pass", "T.4 Shock not tested")), "T.4|result"),
    ("un", sub("un", ("Battery model 602030", "Battery model 503040")), "model"),
    ("un", sub("un", ("Signed: A. Example, Quality Director, Shenzhen Cell Co., Ltd. ", "")), "sign"),
    (
        "sdoc",
        sub(
            "sdoc",
            (
                "Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100",
                "Shenzhen Example Electric Co., Ltd., Nanshan, Shenzhen, China, Tel +86 755 8888 0000",
            ),
        ),
        "responsible",
    ),
    (
        "sdoc",
        sub(
            "sdoc",
            (
                "Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100",
                "Example Imports Ltd, 100 Queen Street, Toronto, ON M5H 2N2, Canada, Tel +1 416 555 0100",
            ),
        ),
        "responsible",
    ),
    (
        "sdoc",
        sub(
            "sdoc",
            (
                "Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100",
                "Example Imports Ltd, Vancouver, BC V5K 0A1, Tel +1 604 555 0100",
            ),
        ),
        "responsible",
    ),
    (
        "sdoc",
        sub(
            "sdoc",
            (
                "Compliance statement: This device complies with Part 15 of the FCC Rules. Operation is subject to the following two\nconditions: (1) This device may not cause harmful interference, and (2) this device must accept any interference\nreceived, including interference that may cause undesired operation.\n",
                "",
            ),
            ("conforms to 47 CFR Part 15 Subpart B", "conforms to the rules"),
        ),
        "15|statement|rule|act|standard",
    ),
    (
        "sdoc",
        sub(
            "sdoc",
            ("FCC Supplier's Declaration of Conformity", "FCC Certificate of Compliance"),
            ("We hereby declare that", "We certify that"),
        ),
        "declar|certif",
    ),
    ("cpc", sub("cpc", ("ASTM F963-23", "ASTM F963-17")), "F963"),
    ("cpc", sub("cpc", ("16 CFR 1303, ", "")), "1303"),
    (
        "cpc",
        sub(
            "cpc",
            (
                "Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100",
                "Yiwu Example Toys Co., Ltd., Yiwu, Zhejiang, China, +86 579 8888 0000",
            ),
        ),
        "importer",
    ),
    ("cpc", sub("cpc", ("Model WBB-50", "Model WBB-80")), "model"),
    ("cpc", sub("cpc", ("Date of issue: 03/02/2026", "")), "date"),
    (
        "cpc",
        sub(
            "cpc",
            (
                "7. Identification of any third party, CPSC-accepted laboratory: Example Testing Laboratory, Shenzhen, China, CPSC Lab ID: 1016",
                "7. Identification of any third party, CPSC-accepted laboratory: none",
            ),
        ),
        "1016",
    ),
]
CNLVD = """检测报告
报告编号：EXT26030201
委托单位：深圳示例电器有限公司 Shenzhen Example Electric Co., Ltd.
样品名称：电吹风
型号：HD-2200
检测依据：EN 60335-1:2012+A15:2021、EN 60335-2-23:2003+A2:2015
收样日期：2026年2月10日
检测日期：2026年2月11日至2026年3月1日
检测结论：所检项目符合标准要求
签发日期：2026年3月2日
检测机构：Example Testing Laboratory
编制：甲 审核：乙 批准：丙
声明：1. 本报告无检测专用章无效。2. 本报告涂改无效。3. 未经本实验室书面同意，不得部分复制本报告。4. 若对报告有异议，应于15日内提出。"""
TRF = """TEST REPORT
IEC 60335-2-23
Safety of household and similar electrical appliances
Report Number: EXT26030201
Date of issue: 2026-03-02
Total number of pages: 86
Testing Laboratory: Example Testing Laboratory, Shenzhen, China
Applicant's name: Shenzhen Example Electric Co., Ltd.
Test specification: EN 60335-1:2012 + A11:2014 + A13:2017 + A15:2021, EN 60335-2-23:2003 + A1:2008 + A11:2010 + A2:2015
Test item description: Hair dryer
Model/Type reference: HD-2200, HD-2100
Ratings: 220-240 V~; 50/60 Hz; 2000-2400 W
Possible test case verdicts:
- test case does not apply to the test object: N/A
- test object does meet the requirement: P (Pass)
- test object does not meet the requirement: F (Fail)
General remarks: The test results presented in this report relate only to the object tested.
This report shall not be reproduced, except in full, without the written approval of the laboratory.
Clause Requirement - Test Result - Remark Verdict
5 GENERAL CONDITIONS FOR THE TESTS P
7.1 Rated voltage marked 220-240 V P
8.1 Protection against accidental contact with live parts P
8.1.5 Live parts of built-in appliances N/A
10.1 Power input within limits 2150 W P
11.8 Temperature rises not exceeding values in table 3 P
13.2 Leakage current 0.12 mA, limit 0.75 mA P
19.11.2 Fault conditions: motor stalled, thermostat fails P
22.11 Non-detachable parts withstand 50 N P
Summary of compliance: The appliance complies with the requirements of the standards listed above."""
SGS = """Test Report No. EXT26030220 Date: 02 Mar 2026 Page 1 of 5
SHENZHEN EXAMPLE ELECTRIC CO., LTD.
BUILDING 3, NANSHAN INDUSTRIAL PARK, SHENZHEN, CHINA
The following sample(s) was/were submitted and identified on behalf of the clients as: HAIR DRYER
Model: HD-2200
Sample Receiving Date: 10 Feb 2026
Testing Period: 10 Feb 2026 - 02 Mar 2026
Test Requested: As specified by client, to test Lead, Cadmium, Mercury, Hexavalent Chromium, PBBs, PBDEs, DEHP, BBP, DBP, DIBP with reference to RoHS Directive (EU) 2015/863 amending Annex II to Directive 2011/65/EU.
Test Method: IEC 62321-4:2013+A1:2017, IEC 62321-5:2013, IEC 62321-7-2:2017, IEC 62321-6:2015 and IEC 62321-8:2017
Conclusion: Based on the performed tests on submitted samples, the results comply with the limits set by RoHS Directive (EU) 2015/863.
Signed for and on behalf of Example Testing Laboratory Co., Ltd.
Test Item(s) Limit Unit MDL 001
Cadmium (Cd) 100 mg/kg 2 ND
Lead (Pb) 1,000 mg/kg 2 12
Mercury (Hg) 1,000 mg/kg 2 ND
Hexavalent Chromium (CrVI) 1,000 mg/kg 8 ND
Sum of PBBs 1,000 mg/kg - ND
Sum of PBDEs 1,000 mg/kg - ND
DEHP 1,000 mg/kg 50 ND
BBP 1,000 mg/kg 50 ND
DBP 1,000 mg/kg 50 ND
DIBP 1,000 mg/kg 50 ND
Notes: (1) MDL = Method Detection Limit (2) ND = Not Detected ( < MDL )
This document is issued by the Company subject to its General Conditions of Service. Attention is drawn to the limitation of liability. Any unauthorized alteration, forgery or falsification of the content or appearance of this document is unlawful and offenders may be prosecuted to the fullest extent of the law. Unless otherwise stated the results shown in this test report refer only to the sample(s) tested."""
DEDOC = """EU-KONFORMITÄTSERKLÄRUNG
Hersteller: Shenzhen Example Electric Co., Ltd., Building 3, Nanshan Industrial Park, Shenzhen, China
Produkt: Haartrockner
Modell: HD-2200
Die alleinige Verantwortung für die Ausstellung dieser Konformitätserklärung trägt der Hersteller.
Der oben beschriebene Gegenstand erfüllt die einschlägigen Harmonisierungsrechtsvorschriften der Union:
2014/35/EU, 2014/30/EU, 2011/65/EU, 2009/125/EG
Normen: EN 60335-1:2012, EN 60335-2-23:2003, EN 55014-1:2021, EN IEC 63000:2018
Unterzeichnet für und im Namen von: Shenzhen Example Electric Co., Ltd.
Ort und Datum der Ausstellung: Shenzhen, 2. März 2026
Name, Funktion: A. Example, Geschäftsführer
Unterschrift: A. Example"""
FRDOC = """DÉCLARATION UE DE CONFORMITÉ
Fabricant : Shenzhen Example Electric Co., Ltd., Building 3, Nanshan Industrial Park, Shenzhen, Chine
Produit : Sèche-cheveux
Modèle : HD-2200
La présente déclaration de conformité est établie sous la seule responsabilité du fabricant.
2014/35/UE, 2014/30/UE, 2011/65/UE, 2009/125/CE
Normes : EN 60335-1:2012, EN 60335-2-23:2003, EN 55014-1:2021, EN IEC 63000:2018
Fait à Shenzhen, le 2 mars 2026
Nom et fonction : A. Example, Directeur Signature : A. Example"""
WEDOC = (
    DOC.replace(
        "Manufacturer: Shenzhen Example Electric Co., Ltd.\nAddress: Building 3, Nanshan Industrial Park, Shenzhen, China",
        "We, Shenzhen Example Electric Co., Ltd., Building 3, Nanshan Industrial Park, Shenzhen, China\nhereby declare under our sole responsibility that",
    )
    .replace("Place and date of issue: Shenzhen, 2 March 2026", "Shenzhen, 2026-03-02")
    .replace("Signature: A. Example", "\nSignature:\nA. Example")
)
MULTI = DOC.replace("Model: HD-2200", "Models: HD-2100, HD-2200, HD-2300,\nHD-2400, HD-2500")
MULTI2 = DOC.replace("Model: HD-2200", "Model: see list\nModel list\nHD-2100\nHD-2200\nHD-2300")
MULTI3 = DOC.replace("Model: HD-2200", "Type designation: HD-2100/HD-2200 (differ only in colour)")
HONEST = [
    ("lvd", CNLVD),
    ("lvd", TRF),
    ("rohs", SGS),
    ("doc", DEDOC),
    ("doc", FRDOC),
    ("doc", WEDOC),
    ("doc", MULTI),
    ("doc", MULTI2),
    ("doc", MULTI3),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Model: HD-2200",
                "Main model: HD-2200\nSeries models: HD-2201, HD-2202\nThe models differ only in colour",
            ),
        ),
    ),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model No. 型号: HD-2200"))),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model\nHD-2200"))),
    ("lvd", sub("lvd", ("Model: HD-2200", "Model Tested HD-2200"))),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Model: HD-2200",
                "Test equipment: Power analyser Model PA-310, Oscilloscope Model DSO2024\nModel: HD-2200",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Model: HD-2200",
                "Test equipment: Power analyser Model PA-310, Oscilloscope Model DSO2024\nProduct: Hair dryer HD-2200",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: The sample complied with the requirements of the above standards.",
            ),
        ),
    ),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Conclusion\nPass"))),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Test Result: Complied (C)"))),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Verdict: P"))),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Ergebnis: Das Prüfmuster entspricht den Anforderungen"))),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nThe laboratory is not responsible for failures of goods caused by misuse.",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nThis report does not imply approval of the product by the laboratory.",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nIf the sample fails, a retest is charged. The client must not use the name of the laboratory.",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nThis test report is invalid without the stamp of the laboratory.",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nThis report supersedes report EXT25110101, which is withdrawn.",
            ),
        ),
    ),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Test conclusion: PASS\nThe photo is for reference only."))),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nUncertainty: not applied to the conclusion, decision rule: simple acceptance.",
            ),
        ),
    ),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\n19.1 Abnormal operation: no flames, no failure of insulation",
            ),
        ),
    ),
    ("lvd", sub("lvd", ("Test conclusion: PASS", "Test conclusion: PASS\nInput 2150 W, limit 2400 W"))),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nClause Measured Limit Verdict\n11 Temperature rise of handle 28 K 60 K P\n13 Leakage 0.12 mA 0.75 mA P\n16 Insulation 250 MΩ ≥ 2 MΩ P",
            ),
        ),
    ),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "Issue Date: March 2, 2026"))),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "Date of issue: 02-Mar-2026"))),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "报告日期 2026/03/02"))),
    ("lvd", sub("lvd", ("Date of issue: 2026-03-02", "Date: 2026.03.02"))),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "EN 60335-1:2012/A15:2021"))),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "DIN EN 60335-1 (VDE 0700-1):2012-10"))),
    ("lvd", sub("lvd", ("EN 60335-1:2012+A15:2021", "EN IEC 60335-1:2023"))),
    (
        "lvd",
        sub(
            "lvd",
            (
                "Laboratory: Example Testing Laboratory, Shenzhen, China CNAS L00001 (ISO/IEC 17025)",
                "Tested by Example Testing Laboratory",
            ),
        ),
    ),
    ("doc", sub("doc", ("Signature: A. Example", "Signature (stamp): A. Example"))),
    ("doc", sub("doc", ("Signature: A. Example", "签字：A. Example"))),
    (
        "doc",
        sub(
            "doc",
            (
                "Name and function: A. Example, General Manager Signature: A. Example",
                "Signed by: A. Example, General Manager",
            ),
        ),
    ),
    (
        "doc",
        sub(
            "doc",
            ("Place and date of issue: Shenzhen, 2 March 2026", "Place of issue: Shenzhen\nDate of issue: 2026-03-02"),
        ),
    ),
    ("doc", sub("doc", ("Place and date of issue: Shenzhen, 2 March 2026", "Issued in Shenzhen on 2026-03-02"))),
    ("doc", sub("doc", ("2014/35/EU (LVD)", "Directive 2014/35/EU of the European Parliament (recast of 2006/95/EC)"))),
    ("doc", sub("doc", ("2014/35/EU (LVD)", "Low Voltage Directive 2014/35/EU replacing 2006/95/EC"))),
    ("rohs", sub("rohs", ("Lead (Pb) mg/kg 1000 N.D. Pass", "Lead (Pb) mg/kg 1000 520 Pass"))),
    ("rohs", sub("rohs", ("Item Unit Limit Result Conclusion", "测试项目 单位 限值 结果 结论"))),
    (
        "rohs",
        sub(
            "rohs",
            (
                "Test conclusion: PASS",
                "Test conclusion: PASS\nThe limits are not applicable to exempted materials.\nN.D. = not detected (<MDL). N/A = not applicable",
            ),
        ),
    ),
    ("rohs", sub("rohs", ("PBBs mg/kg", "Polybrominated biphenyls (PBBs) mg/kg"))),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example B.V., Keizersgracht 1, 1015 Amsterdam, Nederland",
            ),
        ),
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example Ltd, 1 Main Street, Dublin 2, D02 X285, Ireland",
            ),
        ),
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example SARL\n12 rue de la Paix\n75002 Paris\nFrance",
            ),
        ),
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "Example Sp. z o.o., ul. Prosta 1, 00-001 Warszawa, Polska",
            ),
        ),
    ),
    (
        "gpsr",
        sub(
            "gpsr",
            (
                "Example GmbH, Musterstrasse 1, 10115 Berlin, Germany",
                "China Import Service GmbH, Hafenstr. 1, 20457 Hamburg, Germany",
            ),
        ),
    ),
    ("gpsr", sub("gpsr", ("Product: Hair dryer, Model HD-2200", "Products: all products of the manufacturer"))),
    ("un", sub("un", ("T.6 Impact / Crush Pass", "T.6 Impact / Crush N/A"))),
    (
        "un",
        sub(
            "un",
            ("T.8 Forced discharge Pass", "T.8 Forced discharge N/A"),
        ),
    ),
    (
        "un",
        sub(
            "un",
            ("T.1 Altitude", "T1 Altitude"),
            ("T.2 Thermal", "T2 Thermal"),
            ("T.3 V", "T3 V"),
            ("T.4 S", "T4 S"),
            ("T.5 E", "T5 E"),
            ("T.6 I", "T6 I"),
            ("T.7 O", "T7 O"),
            ("T.8 F", "T8 F"),
        ),
    ),
    ("un", sub("un", ("T.1 Altitude", "Test T.1: Altitude"))),
    (
        "sdoc",
        sub(
            "sdoc",
            (
                "Example Imports LLC, 100 Main Street, Los Angeles, CA 90001, USA, Tel +1 213 555 0100",
                "Example Imports LLC, 100 Main Street, Los Angeles, California 90001, United States, (213) 555-0100",
            ),
        ),
    ),
    ("sdoc", sub("sdoc", ("Responsible Party Example", "Responsible Party - U.S. Contact Information\nExample"))),
    (
        "cpc",
        sub(
            "cpc",
            (
                "16 CFR 1250 (ASTM F963-23), 16 CFR 1303, CPSIA Section 101, 16 CFR 1307",
                "16 CFR Part 1250, 16 CFR Part 1303, 16 CFR §1307",
            ),
        ),
    ),
    ("cpc", sub("cpc", ("Date of issue: 03/02/2026", "Date of issue: March 2, 2026"))),
]

ELSEWHERE = frozenset(
    name.partition(":")[0]
    for row in catalogue.rows("requirements")
    for group in row["asks"].get("standards", [])
    for name in group
)


def said_of(base: str, text: str) -> set[str]:
    """What stands in the way of a paper whose form says all that is right."""
    key, _text, form, about = BASE[base]
    row = catalogue.requirement(key)
    models, markets = about.get("models", ("HD-2200",)), about.get("markets", ("EU-DE", "EU"))
    scheme = next((one for one in catalogue.formats() if one.key == row["number_format"]), None)
    want = certificates.Asked(
        key, frozenset(row["fields"]), catalogue.rule(key), scheme, models, markets, about.get("cites", ()), TODAY, TODAY,
        makers=(S,), is_declaration=row["kind"] == "declaration_of_conformity", not_by=tuple(row["asks"].get("not_by", ())),
        date_order=about.get("order", ""),
    )  # fmt: skip
    pages = [Page(1, text, "text")]
    of = About(models=models, names=("Hair dryer",), cited=about.get("cited", ()), elsewhere=ELSEWHERE)
    found = [
        *certificates.check(form, want, catalogue.formats()),
        *printed.compare(form, want, pages),
        *findings(facts_of(row["asks"], form, pages, of)),
    ]
    return {f"{one.code} {json.dumps(one.params, default=str)}" for one in found if one.weight != "note"}


@pytest.mark.parametrize("base", BASE)
def test_every_faulty_paper_is_named(base):
    right = said_of(base, BASE[base][1])
    silent = [
        (text, name)
        for of, text, name in FAULTY
        if of == base and not any(re.search(name, said, re.IGNORECASE) for said in said_of(of, text) - right)
    ]
    assert (right, silent) == (set(), [])


def test_no_right_paper_is_asked_about():
    assert {text: said for base, text in HONEST if (said := said_of(base, text))} == {}
