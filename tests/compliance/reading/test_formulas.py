"""Formulas for a market, line by line: what is fine, what a person is asked about, what stops."""

import json
from datetime import date
from pathlib import Path

import pytest

from compliance.reading.declared import Row, lines_of
from compliance.reading.findings import Weight
from compliance.reading.restrictions import Product
from compliance.reading.substances import check
from suppliers import markets
from tests.compliance import catalogue_rows as catalogue

TODAY = date(2026, 11, 22)
GIVEN = json.loads((Path(__file__).parents[1] / "data/formulas.json").read_text())
PARENTS = {row["code"]: row["parent"] for row in json.loads(markets.FILE.read_text())}


def found_of(rows, *, market, type, day=TODAY, youngest=None):
    """Line -> what was found of it, as (weight, code)."""
    lines, errors = lines_of([Row(**row) for row in rows])
    assert not errors
    product = Product(
        frozenset({"beauty_cosmetics"}), frozenset(filter(None, (market, PARENTS[market]))), day, type, youngest
    )
    found: dict[int, set[tuple[Weight, str]]] = {}
    for one in check(lines, product, catalogue.restrictions()):
        found.setdefault(one.params.get("line", 0), set()).add((one.weight, one.code))
    return found


def stops(found, place):
    return any(weight == Weight.BLOCK for weight, _code in found.get(place, ()))


def asks(found, place):
    return any(weight != Weight.NOTE for weight, _code in found.get(place, ()))


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: given["id"])
def test_each_line_of_the_given_formulas(given):
    rows = [{name: line[name] for name in ("name", "cas", "percent", "function")} for line in given["lines"]]
    found = found_of(rows, market=given["market"], type=given["type"])

    said = {place: sorted(found.get(place, ())) for place in range(1, len(rows) + 1)}
    for place, line in enumerate(given["lines"], start=1):
        as_expected = {
            "fine": not asks(found, place),
            "ask": asks(found, place),
            "stop": stops(found, place),
            "limit": stops(found, place),
        }[line["expect"]]
        assert as_expected, (line["name"], line["expect"], said[place])
    assert not asks(found, 0)


def one(market, type, name, cas, percent, function="", **more):
    """What is found of one line beside water."""
    rows = [
        {"name": "AQUA", "cas": "7732-18-5", "percent": "balance"},
        {"name": name, "cas": cas, "percent": percent, "function": function},
    ]
    return {code: weight.value for weight, code in found_of(rows, market=market, type=type, **more).get(2, ())}


# -- limits in the unit of the law


@pytest.mark.parametrize(
    ("type", "name", "cas", "percent", "is_stopped"),
    [
        ("oral", "SODIUM FLUORIDE", "7681-49-4", "0.33", False),  # 0.149 % F
        ("oral", "氟化钠", "", "0.34", True),
        ("oral", "SODIUM MONOFLUOROPHOSPHATE", "10163-15-2", "1.1", False),  # 0.145 % F
        ("oral", "SODIUM MONOFLUOROPHOSPHATE", "7631-97-2", "1.2", True),
        ("oral", "STANNOUS FLUORIDE", "7783-47-3", "0.45", False),
        ("face", "SODIUM BENZOATE", "532-32-1", "0.58", False),  # 0.5 % of the acid
        ("face", "SODIUM BENZOATE", "532-32-1", "0.6", True),
        ("face", "BENZOIC ACID", "65-85-0", "0.59", True),
        ("hair_rinse_off", "SODIUM BENZOATE", "532-32-1", "2.9", False),
        ("face", "POTASSIUM SORBATE", "24634-61-5", "0.8", False),
        ("face", "Potassium sorbate", "590-00-1", "0.5", False),
        ("hair_dye", "对苯二胺盐酸盐", "624-18-0", "3.3", False),  # 1.97 % free base
        ("hair_dye", "P-PHENYLENEDIAMINE HCL", "624-18-0", "3.4", True),
        ("hair_dye", "Toluene-2,5-diamine sulfate", "615-50-9", "3.6", False),
        ("face", "RETINYL PALMITATE", "79-81-2", "0.5", False),  # 0.27 % retinol
        ("face", "RETINOL", "68-26-8", "0.5", True),
        ("body_lotion", "Retinyl palmitate", "79-81-2", "0.5", True),
        ("face", "PHENOXYETHANOL", "122-99-6", "9000 ppm", False),
        ("face", "PHENOXYETHANOL", "122-99-6", "15 mg/g", True),
    ],
)
def test_a_share_is_counted_as_the_law_counts_it(type, name, cas, percent, is_stopped):
    assert ("block" in one("EU-DE", type, name, cas, percent).values()) is is_stopped


def test_of_a_form_of_which_nobody_said_how_much_counts_a_person_works_it_out():
    # It has no factor in the lists: more of it than the limit may be less fluorine.
    assert one("EU-DE", "oral", "MAGNESIUM FLUOROSILICATE", "16949-65-8", "0.2") == {"limit_as_another": "review"}
    assert one("EU-DE", "oral", "MAGNESIUM FLUOROSILICATE", "16949-65-8", "0.1") == {}


def test_fluorine_of_two_compounds_is_added_up():
    rows = [
        {"name": "AQUA", "cas": "7732-18-5", "percent": "balance"},
        {"name": "SODIUM FLUORIDE", "cas": "7681-49-4", "percent": "0.2"},
        {"name": "SODIUM MONOFLUOROPHOSPHATE", "cas": "10163-15-2", "percent": "0.6"},
    ]

    assert (Weight.BLOCK, "over_sum") in found_of(rows, market="EU-DE", type="oral")[3]


# -- dates


@pytest.mark.parametrize(
    ("market", "type", "name", "cas", "day", "found"),
    [
        ("EU-DE", "face", "CYCLOPENTASILOXANE", "541-02-6", date(2027, 6, 5), {"restricted_later": "note"}),
        ("EU-DE", "face", "CYCLOPENTASILOXANE", "541-02-6", date(2027, 6, 6), {"over_limit": "block"}),
        ("EU-DE", "hair_rinse_off", "环六聚二甲基硅氧烷", "540-97-6", date(2026, 6, 5), {"restricted_later": "note"}),
        ("UK", "nail", "TPO", "75980-60-8", date(2026, 8, 14), {"restricted_later": "note"}),
        ("UK", "nail", "TPO", "75980-60-8", date(2026, 8, 15), {"prohibited": "block"}),
        ("EU-DE", "nail", "光引发剂TPO", "75980-60-8", date(2026, 8, 14), {"prohibited": "block"}),
        ("UK", "sunscreen", "Enzacamene", "36861-47-9", date(2026, 7, 15), {"prohibited": "block"}),
        ("US", "face", "DMDM HYDANTOIN", "6440-58-0", TODAY, {"restricted_later": "note"}),
        ("US", "face", "DMDM HYDANTOIN", "6440-58-0", date(2027, 1, 1), {"prohibited": "block"}),
        ("EU-DE", "face", "TRIPHENYL PHOSPHATE", "115-86-6", TODAY, {"restricted_later": "note"}),
    ],
)
def test_a_row_holds_from_its_day(market, type, name, cas, day, found):
    assert one(market, type, name, cas, "3", day=day) == found


def test_an_allergen_of_2023_is_named_on_new_products_from_their_day():
    assert one("EU-DE", "face", "MENTHOL", "89-78-1", "0.02", day=date(2026, 7, 30)) == {"restricted_later": "note"}
    assert one("EU-DE", "face", "薄荷醇", "89-78-1", "0.02") == {"declare": "note"}
    assert one("EU-DE", "hair_rinse_off", "MENTHOL", "89-78-1", "0.009") == {}
    assert one("UK", "face", "MENTHOL", "89-78-1", "0.02") == {}


# -- names


@pytest.mark.parametrize(
    ("name", "cas"),
    [
        ("Glycerine", "56-81-5"), ("丙三醇", "56-81-5"), ("甘油 Glycerin", "56-81-5"), ("甘油（Glycerin）", "56-81-5"),
        ("1,2,3-Propanetriol", "56-81-5"), ("Nicotinamide", "98-92-0"), ("CI 77891", "13463-67-7"), ("C.I. 77891", "13463-67-7"),
        ("Titanium dioxide (CI 77891)", "13463-67-7"), ("Iron oxides (CI 77492)", "51274-00-1"), ("IPM", "110-27-0"),
        ("Dodecamethylcyclohexasiloxane", "540-97-6"), ("SLES", "68891-38-3"), ("Aloe vera", "8001-97-6"),
        ("COCAMIDOPROPYL BETAINE", "61789-39-7"), ("角鲨烷", "111-01-3"), ("Vitamin E", "10191-41-0"),
    ],
)  # fmt: skip
def test_a_name_in_use_is_no_forged_number(name, cas):
    assert "block" not in one("EU-DE", "hair_rinse_off", name, cas, "0.05").values()
    assert "name_not_known" not in one("EU-DE", "hair_rinse_off", name, cas, "0.05")


def test_a_name_that_we_do_not_know_beside_a_number_that_we_do_is_asked():
    assert one("EU-DE", "face", "Moisture Complex 7", "56-81-5", "2") == {"name_not_known": "review"}
    assert one("EU-DE", "face", "NIACINAMIDE", "56-81-5", "2") == {"name_cas_mismatch": "block"}


@pytest.mark.parametrize(
    ("market", "type", "name", "percent"),
    [
        ("EU-DE", "face", "曲酸", "2"),
        ("UK", "face", "5-Hydroxy-2-hydroxymethyl-4H-pyran-4-one / Kojic acid", "2"),
        ("EU-FR", "nail", "2,4,6-Trimethylbenzoyldiphenylphosphine oxide", "1"),
        ("EU-DE", "face", "对苯二酚", "1"),
        ("SG", "face", "Benzene-1,4-diol", "1"),
        ("SA", "face", "三氯生", "0.2"),
        ("JP", "face", "福尔马林", "0.1"),
        ("JP", "face", "木精", "1"),
        ("EU-IT", "face", "Rhodamine B", "0.1"),
        ("EU-DE", "face", "Lyral", "0.1"),
        ("US", "face", "二氯甲烷", "1"),
    ],
)
def test_a_ban_or_limit_is_met_by_name_where_no_number_was_given(market, type, name, percent):
    found = one(market, type, name, "", percent)

    assert found["cas_missing"] == "review"
    assert "block" in found.values()


# -- uses, lists of what alone may be used, conditions


@pytest.mark.parametrize(
    ("market", "type", "name", "cas", "percent", "function", "found"),
    [
        ("EU-DE", "nail", "HEMA", "868-77-9", "35", "monomer", {"professional_only": "review"}),
        ("EU-DE", "nail_professional", "HEMA", "868-77-9", "35", "monomer", {}),
        ("EU-DE", "lip", "CI 10006", "16143-80-9", "1", "colour", {"use_not_allowed": "block"}),
        ("EU-DE", "rinse_off", "CI 10006", "16143-80-9", "1", "colour", {}),
        ("EU-DE", "face", "CI 42640", "1694-09-3", "1", "colour", {"prohibited": "block"}),
        ("EU-DE", "face", "CI 99999", "", "1", "colourant", {"not_on_list": "review", "cas_missing": "review"}),
        ("EU-DE", "sunscreen", "MEXORYL NEXT", "", "1", "UV filter", {"not_on_list": "review", "cas_missing": "review"}),
        ("EU-DE", "sunscreen", "ZINC OXIDE", "1314-13-2", "20", "UV filter", {}),
        ("EU-DE", "face", "BENZYL ALCOHOL", "100-51-6", "1.5", "preservative", {"over_limit": "block"}),
        ("EU-DE", "hair_rinse_off", "CETRIMONIUM CHLORIDE", "112-02-7", "2", "hair conditioning", {}),
        ("EU-DE", "hair_rinse_off", "CETRIMONIUM CHLORIDE", "112-02-7", "2", "防腐剂", {"over_limit": "block"}),
        ("EU-DE", "face", "SODIUM HYDROXIDE", "1310-73-2", "0.1", "pH adjuster", {}),
        ("EU-DE", "face", "Petrolatum", "8009-03-8", "5", "emollient", {"entry_with_condition": "review"}),
        ("EU-DE", "face", "Colloidal Silver (nano)", "7440-22-4", "0.01", "", {"prohibited": "block"}),
        ("EU-DE", "oral", "SILVER", "7440-22-4", "0.01", "", {}),
        ("SG", "hair_rinse_off", "METHYLISOTHIAZOLINONE", "2682-20-4", "0.0014", "preservative", {}),
        ("SG", "face", "PHENOXYETHANOL", "122-99-6", "0.9", "preservative", {}),
        ("US", "eye", "THIMEROSAL", "54-64-8", "0.005", "preservative", {"prohibited": "block"}),
        ("JP", "face", "SALICYLIC ACID", "69-72-7", "0.15", "preservative", {}),
    ],
)  # fmt: skip
def test_what_holds_depends_on_the_use(market, type, name, cas, percent, function, found):
    assert {
        code: weight for code, weight in one(market, type, name, cas, percent, function).items() if weight != "note"
    } == found


def test_what_is_not_for_children_stops_where_they_use_it():
    said = ("EU-DE", "hair_rinse_off", "SALICYLIC ACID", "69-72-7", "1", "anti-dandruff")

    assert one(*said, youngest=0) == {"not_for_children": "block"}
    assert one(*said, youngest=3) == one(*said) == {}


def test_each_market_names_its_own_law_and_how_sure_it_is():
    product = Product(frozenset({"beauty_cosmetics"}), frozenset({"SG"}), TODAY, "face")
    lines, _errors = lines_of([Row(name="HYDROQUINONE", cas="123-31-9", percent="100")])
    [ban] = [found for found in check(lines, product, catalogue.restrictions()) if found.code == "prohibited"]

    assert ban.params["law"] == "ASEAN Cosmetic Directive Annex II, which follows the annex of the EU"
    assert ban.params["is_sure"] is False


@pytest.mark.parametrize("market", ["US", "UK", "EU", "SG", "MY", "TH", "VN", "PH", "ID", "JP", "SA"])
def test_each_of_these_markets_has_a_list_and_each_row_of_it_a_source_or_says_that_it_has_none(market):
    rows = [row for row in catalogue.restrictions() if market in row.markets and row.category == "beauty_cosmetics"]

    assert {row.status for row in rows} >= {"prohibited", "restricted"}
    assert all(row["source"] or row["verification"] == "known" for row in catalogue.rows("substances"))


# -- materials


@pytest.mark.parametrize(
    ("part", "percent", "day", "found"),
    [
        ("brass terminal, exemption 6(c)", "3.5", TODAY, {"exemption_open": "note"}),
        ("黄铜端子 豁免条款6(c)", "3.5", TODAY, {"exemption_open": "note"}),
        ("copper alloy, RoHS exemption 6c", "3.5", TODAY, {"exemption_open": "note"}),
        ("plastic housing, exemption 6(c)", "3.5", TODAY, {"exemption_unfitting": "review"}),
        ("brass terminal, exemption 6(c)", "4.5", TODAY, {"exemption_over": "block"}),
        ("brass terminal, exemption 6(c)", "3.5", date(2027, 7, 1), {"exemption_expired": "block"}),
        ("brass terminal, exemption 99(z)", "3.5", TODAY, {"exemption_unknown": "block"}),
        ("ceramic capacitor, exemption 7(c)-I", "60", TODAY, {"exemption_open": "note"}),
        ("brass terminal", "3.5", TODAY, {"over_limit": "block"}),
        ("brass terminal", "0.05", TODAY, {}),
    ],
)
def test_an_exemption_is_claimed_by_its_number(part, percent, day, found):
    product = Product(frozenset({"electrical_appliance"}), frozenset({"EU", "EU-DE"}), day)
    lines, _errors = lines_of([Row(name="Lead", cas="7439-92-1", percent=percent, function=part)])
    rows = [row for row in catalogue.restrictions() if row.list == "EU-ROHS"]

    assert {one.code: one.weight.value for one in check(lines, product, rows, is_whole=False)} == found


@pytest.mark.parametrize(
    ("name", "cas", "percent", "code"),
    [
        ("得克隆", "13560-89-9", "0.2", "over_limit"),
        ("UV-328", "25973-55-1", "0.02", "over_limit"),
        ("TBBPA", "79-94-7", "1", "declare"),
        ("Bis(2-methoxyethyl) ether", "111-96-6", "0.5", "declare"),
        ("四溴双酚A", "79-94-7", "1", "declare"),
    ],
)
def test_what_reach_and_the_law_on_pollutants_say_of_articles(name, cas, percent, code):
    product = Product(frozenset({"consumer_electronics"}), frozenset({"EU"}), TODAY)
    lines, _errors = lines_of([Row(name=name, cas=cas, percent=percent, function="housing")])

    found = check(lines, product, catalogue.restrictions(), is_whole=False)
    assert code in [one.code for one in found]
    assert "name_cas_mismatch" not in [one.code for one in found]


def test_a_part_may_have_a_name_of_its_own_beside_the_number_of_its_material():
    product = Product(frozenset({"consumer_electronics"}), frozenset({"EU"}), TODAY)
    lines, _errors = lines_of([Row(name="Enamelled wire", cas="7440-50-8", percent="12")])

    assert {one.weight for one in check(lines, product, catalogue.restrictions(), is_whole=False)} == {Weight.NOTE}


# Of a row: per cent, function, type of cosmetic, and names under which the EU bans or limits it, none with a number.
OTHERWISE_NAMED = [
    ("2", "", "face", "Hydrochinon|氢醌|1,4-Benzenediol|Hydroquinone (INCI)|Kojisäure|曲酸"),
    (
        "0.1",
        "",
        "face",
        "Quecksilber(II)-chlorid|Mercuric chloride|氯化亚汞|白降汞|Ammoniated mercury|DEHP|Chloroform|氯仿|Trichloromethane|Chloramphenicol|氯霉素|甲硝唑|Ketoconazole|酮康唑|Lidocaine|利多卡因|1,4-Dioxane|二噁烷|Acrylamide|丙烯酰胺|Nitrosamine|N-Nitrosodiethanolamine|Vitamin K1|Phytonadione|Asbestos|Perfluorononanoic acid",
    ),
    (
        "0.05",
        "",
        "face",
        "Tretinoin|all-trans-retinoic acid|维A酸|ATRA|Vitamin A acid|Isotretinoin|Clobetasol|丙酸氯倍他索|Dexamethasone acetate",
    ),
    (
        "1",
        "",
        "face",
        "Formaldehyd|甲醛|Formalin 37%|HCHO|Paraformaldehyde|Retinyl palmitate|BHT|Boric acid|硼酸|Borax",
    ),
    ("1", "", "hair_waving", "Methylene glycol|Methandiol"),
    ("6", "solvent", "face", "Methylalkohol|甲醇|Wood alcohol"),
    (
        "0.1",
        "fragrance",
        "face",
        "Lilial|Butylphenyl methylpropional|BMHCA|铃兰醛|Lyral|HICC|新铃兰醛|Musk ambrette|葵子麝香",
    ),
    ("0.5", "", "hair_rinse_off", "Zinc pyrithione|吡硫鎓锌|ZPT|Zinc omadine|Coal tar"),
    (
        "0.1",
        "preservative",
        "face",
        "Isobutylparaben|羟苯异丁酯|Isopropyl 4-hydroxybenzoate|Kathon CG|卡松|Quaternium-15",
    ),
    ("1", "photoinitiator", "nail", "TPO|Lucirin TPO|Irgacure TPO|三甲基苯甲酰基二苯基氧化膦"),
    ("1", "", "nail", "Trimethylbenzoyl diphenylphosphine oxide"),
    ("0.1", "", "nail", "Dibutyl phthalate|DBP|邻苯二甲酸二丁酯|Benzol|Benzene|苯"),
    ("0.1", "", "hair_dye", "Lead acetate|Bleiacetat|醋酸铅|Plumbous acetate"),
    ("30", "", "nail", "Toluol|甲苯"),
    ("4", "UV filter", "sunscreen", "4-MBC|Enzacamene|Methylbenzylidene camphor|4-甲基苄亚基樟脑"),
    ("0.01", "preservative", "face", "MIT|MCI/MI|甲基异噻唑啉酮"),
    ("0.9", "preservative", "face", "Sodium hydroxymethylglycinate"),
    ("2", "", "hair_leave_on", "Minoxidil|米诺地尔"),
    ("0.5", "", "face", "Phenol|苯酚|Carbolic acid|Retinol|视黄醇"),
    ("6", "", "hair_dye", "p-Phenylenediamine|PPD|1,4-Diaminobenzene"),
    ("1", "", "hair_dye", "o-Phenylenediamine"),
    ("1.6", "preservative", "rinse_off", "Triclocarban"),
    ("0.5", "preservative", "face", "Triclosan|三氯生"),
    ("3", "", "face", "Salicylsäure|水杨酸|α-Arbutin|alpha-arbutin"),
    ("8", "", "face", "Arbutin|熊果苷"),
    ("1.5", "preservative", "face", "Phenoxyethanol|苯氧乙醇"),
    ("7", "UV filter", "sunscreen", "Oxybenzone|Benzophenone-3|二苯酮-3"),
    ("11", "UV filter", "face", "Homosalate"),
    ("12", "UV filter", "sunscreen", "Octocrylene"),
    ("6", "UV filter", "sunscreen", "Avobenzone"),
    ("13", "", "hair_dye", "Hydrogen peroxide|过氧化氢|双氧水"),
    ("12", "", "hair_waving", "Thioglycolic acid|巯基乙酸"),
    ("1", "", "hair_rinse_off", "Cyclotetrasiloxane|D4|Octamethylcyclotetrasiloxane"),
    ("1", "", "oral", "Sodium perborate"),
]


def test_what_is_banned_or_limited_is_met_under_its_other_names_without_a_number():
    silent = []
    for percent, function, type, names in OTHERWISE_NAMED:
        rows = [{"name": name, "percent": percent, "function": function} for name in names.split("|")]
        found = found_of(rows, market="EU-DE", type=type)
        for place, row in enumerate(rows, start=1):
            if not any(weight != Weight.NOTE and code != "cas_missing" for weight, code in found.get(place, ())):
                silent.append(row["name"])
    assert silent == []


@pytest.mark.parametrize("cas", ["56-75-7", "4759-48-2", "443-48-1", "24729-96-2", "62-75-9"])
def test_what_belongs_to_a_family_of_the_law_is_met_by_its_number_whatever_it_is_called(cas):
    assert one("EU-DE", "face", "Active complex", cas, "0.1")["prohibited"] == "block"
