"""Names of substances: which are the same, which CAS number is whose, and which names belong to a group of the law."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "ingredients.csv"
NAME_CACHE = 20_000


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A substance by the CAS numbers under which it is traded and the names under which people write it. What `varies` is
    sold under further numbers: a plant, a polymer, a mixture."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    varies: bool


def _ingredients() -> tuple[Ingredient, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Ingredient(tuple(row["numbers"].split()), tuple(row["names"].split("|")), bool(row["varies"]))
            for row in csv.DictReader(file)
        )


# Public registry facts; docs/how-to/keep-the-lists-of-substances.md says how a name is added.
INGREDIENTS = _ingredients()


@dataclass(frozen=True, slots=True)
class Group:
    """The members of a group entry: by number, by a name that is surely one, by a name that may be one."""

    cas: frozenset[str]
    surely: re.Pattern
    perhaps: re.Pattern | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A family that laws of a market restrict without the table naming its members."""

    name: str
    law: str
    markets: frozenset[str]
    pattern: re.Pattern


def _group(cas: str, surely: str, perhaps: str = "") -> Group:
    return Group(
        frozenset(cas.split()),
        re.compile(surely, re.IGNORECASE),
        re.compile(perhaps, re.IGNORECASE) if perhaps else None,
    )


_MERCURY = r"\bmercur|\bhydrargyr|phenylmercur|thiomersal|thimerosal|\bcalomel\b|quecksilber|\bmerc[uú]rio|汞"
# By the CAS number under which the table has the group.
GROUPS: dict[str, Group] = {
    "7439-97-6": _group("62-38-4 54-64-8 7487-94-7 10112-91-1 21908-53-2 10045-94-0", _MERCURY),
    "7440-38-2": _group("1327-53-3 1303-28-2 7778-39-4 7784-46-5", r"\barsen(?!al)|砷"),
    "18540-29-9": _group(
        "1333-82-0 7778-50-9 7789-00-6 7775-11-3 10588-01-9 7738-94-5",
        r"chromium\s*\(?\s*VI\b|chrom(?:ium)?\s*6\+|hexavalent\s+chrom|\bchromic\s+(?:acid|anhydride)|\b(?:di)?chromates?\b|六价铬|铬\(VI\)",
        r"\bchrom(?:e|ium)\b(?!\s*(?:oxide|hydroxide)s?\b)(?!\s*\(?III)",
    ),
    "25122-46-7": _group(
        "50-02-2 50-23-7 53-03-2 50-24-8 124-94-7 378-44-9 83919-23-7 67-73-2 76-25-5 2152-44-5 426-13-1",
        r"glucocortico|\b(?:hydro)?cortisone\b|clobetasol|betamethasone|dexamethasone|mometasone|prednisolone|prednisone"
        r"|triamcinolone|fluocinol|fluocinon|fluticasone|beclomet|糖皮质激素|地塞米松|倍他米松|氯倍他索",
        r"\b\w+(?:asone|olone)\b",
    ),
    "1332-21-4": _group(
        "12001-29-5 12001-28-4 12172-73-5 77536-68-6 77536-66-4 77536-67-5",
        r"asbestos|chrysotile|crocidolite|\bamosite|tremolite|actinolite|anthophyllite|石棉",
    ),
    "87-10-5": _group("1154-59-2 2577-72-2 87-12-7", r"salicylanilide|tribromsalan|dibromsalan|metabromsalan"),
    "7440-67-7": _group("7699-43-6 10026-11-6 57158-29-9 90604-80-1", r"\bzircon"),
    "75-71-8": _group("75-69-4 76-13-1 76-14-2 76-15-3", r"chlorofluorocarbon|\bCFC[- ]?\d+|dichlorodifluoromethane|\bfreon"),
    "59536-65-1": _group("67774-32-7 36355-01-8", r"polybrom\w*\s+biphenyl|\bPBBs?\b|多溴联苯(?!醚)"),
    "1163-19-5": _group("32534-81-9 32536-52-0 40088-47-9", r"brom\w*\s*diphenyl\s*(?:ether|oxide)|\bPBDEs?\b|\bdecaBDE\b|多溴二苯醚"),
    "1002-53-5": _group("683-18-1 77-58-7 818-08-6", r"dibutyl\s*tin|\bDBT\b|二丁基锡"),
    "9016-45-9": _group("68412-54-4 127087-87-0 26027-38-3", r"nonyl\s*phenol\w*\s*(?:ethoxylate|polyethoxylate|ether)|\bNPEO?s?\b|\bnonoxynol"),
    "7440-43-9": _group("10108-64-2 1306-19-0 1306-23-6", r"\bcadmium\b|镉"),
    "7439-92-1": _group("301-04-2 1335-32-6 7758-97-6 1317-36-8", r"\blead\b(?!-?free)|\bplumb|\bblei(?!ch|b)|\bplomb\b|\bpiombo\b|\bplomo\b|铅"),
}  # fmt: skip
_FLUORINATED = (
    r"perfluor|polyfluor|fluoroalk|fluorotelomer|hexafluoroprop|\bPF(?:AS|O[AS]|HxA|HxS|NA|DA)\b|全氟|多氟|含氟聚合物"
)
WATCHED = (
    Watched(
        "PFAS",
        "State PFAS laws, such as Cal. HSC 108981.5 and Minn. Stat. 116.943",
        frozenset({"US"}),
        re.compile(_FLUORINATED + r"|\bPTFE\b|\bPVDF\b|\bFEP\b|tetrafluoroethylene|聚四氟", re.IGNORECASE),
    ),
    Watched(
        "PFAS",
        "Regulation (EC) 1907/2006 Annex XVII; Regulation (EU) 2019/1021",
        frozenset({"EU", "UK"}),
        re.compile(_FLUORINATED, re.IGNORECASE),
    ),
    Watched(
        "azo dyes",
        "Regulation (EC) 1907/2006 Annex XVII entry 43",
        frozenset({"EU", "UK"}),
        re.compile(r"\bazo\s*(?:dye|colou?r|pigment)|\bdisperse\s+(?:orange|yellow|red|blue)\b|偶氮", re.IGNORECASE),
    ),
)
PACKAGING = re.compile(r"packag|包装", re.IGNORECASE)


def _names(*patterns: str) -> re.Pattern:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _ester(alkyl: str, *others: str) -> re.Pattern:
    """Of 4-hydroxybenzoic acid, and its salts; not those of its isomers, such as isopropylparaben."""
    return _names(rf"(?<![a-z])(?:{alkyl}\s*paraben|{alkyl}[\s-]*(?:4|p|para)-?\s*hydroxybenzoate)", *others)


# Other names of substances of the law, by CAS number, where the name that the table has is one of several in use.
SYNONYMS: dict[str, re.Pattern] = {
    "117-81-7": _names(r"\bDEHP\b", r"\b(?:bis|di)-?\s*\(?2-ethylhexyl\)?\s*phthalate", r"diethylhexyl\s*phthalate", r"邻苯二甲酸二\(?2-乙基己基?\)?酯"),
    "84-74-2": _names(r"\bDBP\b", r"(?<!iso)\bdi-?(?:n-)?\s*butyl\s*phthalate", r"邻苯二甲酸二(?:正)?丁酯"),
    "85-68-7": _names(r"\bBBP\b", r"\bBBzP\b", r"(?:benzyl\s*butyl|butyl\s*benzyl)\s*phthalate", r"邻苯二甲酸丁(?:基)?苄(?:基)?酯"),
    "84-69-5": _names(r"\bDIBP\b", r"di-?\s*iso-?\s*butyl\s*phthalate", r"邻苯二甲酸二异丁酯"),
    "28553-12-0": _names(r"\bDINP\b", r"di-?\s*iso-?\s*nonyl\s*phthalate", r"邻苯二甲酸二异壬酯"),
    "26761-40-0": _names(r"\bDIDP\b", r"di-?\s*iso-?\s*decyl\s*phthalate", r"邻苯二甲酸二异癸酯"),
    "117-84-0": _names(r"\bDNOP\b", r"\bdi-?\s*n-?\s*octyl\s*phthalate", r"邻苯二甲酸二正辛酯"),
    "99-76-3": _ester("methyl", r"羟苯甲酯", r"对羟基苯甲酸甲酯"),
    "120-47-8": _ester("ethyl", r"羟苯乙酯", r"对羟基苯甲酸乙酯"),
    "94-13-3": _ester("propyl", r"羟苯丙酯", r"对羟基苯甲酸(?:正)?丙酯"),
    "94-26-8": _ester("butyl", r"羟苯丁酯", r"对羟基苯甲酸(?:正)?丁酯"),
    "2682-20-4": _names(r"(?<!chloro)(?<!and\) )\bmethyl-?\s*isothiazolin(?:one|-3-one)", r"\b2-methyl-4-isothiazolin-3-one"),
    "26172-55-4": _names(r"methylchloro-?\s*isothiazolinone(?!\s*\(and\))", r"\b5-chloro-2-methyl-4-isothiazolin"),
    "50-00-0": _names(r"\bformalin\b", r"\bmethanal\b", r"福尔马林"),
    "123-31-9": _names(r"\b(?:1,4-|p-)dihydroxybenzene", r"\bbenzene-1,4-diol", r"\bquinol\b", r"对苯二酚", r"(?<!叔丁基)氢醌"),
    "69-72-7": _names(r"\b(?:2|o)-hydroxybenzoic\s*acid", r"\bBHA\b.*salicyl", r"邻羟基苯甲酸"),
    "302-79-4": _names(r"\btretinoin", r"\bretinoic\s*acid", r"维\s*[AＡ]\s*酸", r"视黄酸"),
    "67-56-1": _names(r"^methanol\b", r"^methyl\s*alcohol\b"),
}  # fmt: skip
ABBREVIATION = re.compile(r"\(([A-Z][A-Z0-9-]{2,7})\)")
NOT_A_NAME = frozenset({"ROHS", "SVHC", "POP", "PAH", "EN71"})


COLOUR_INDEX = re.compile(r"\bC\.?\s?I\.?\s?(?:No\.?\s?)?(\d{5})\b", re.IGNORECASE)
# An addition to a name; what stands in brackets within a chemical name is a part of it.
IN_BRACKETS = re.compile(r"(?:\s+|(?<=[\u3400-\u9fff]))[(（][^)）]*[)）]")
TWO_SCRIPTS = re.compile(r"(?<=[\u3400-\u9fff])[\s(（]+(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])[\s(（]+(?=[\u3400-\u9fff])")


def plain(name: str) -> str:
    """Letters and digits alone, lower case: "Alcohol Denat." and "ALCOHOL DENAT" are one."""
    return "".join(character for character in name.casefold() if character.isalnum())


@lru_cache(maxsize=NAME_CACHE)
def names_of(name: str) -> frozenset[str]:
    """The plain names under which a line or an entry goes: as a whole, without what stands in brackets, each part of
    "AQUA / WATER" and of "甘油 Glycerin", an abbreviation in brackets, and a number of the Colour Index."""
    whole = IN_BRACKETS.sub("", name)
    parts = {name, whole, *re.split(r"\s*/\s*", whole), *TWO_SCRIPTS.split(name)}
    parts |= {found for found in ABBREVIATION.findall(name) if found not in NOT_A_NAME}
    parts |= {f"ci{number}" for number in COLOUR_INDEX.findall(name)}
    return frozenset(filter(None, map(plain, parts)))


def _numbers_of_names() -> Mapping[str, frozenset[str]]:
    numbers: dict[str, set[str]] = {}
    for one in INGREDIENTS:
        for name in one.names:
            numbers.setdefault(plain(name), set()).update(one.numbers)
    return {name: frozenset(found) for name, found in numbers.items()}


# Plain name -> the CAS numbers that go with it.
NUMBERS_OF = _numbers_of_names()
VARIES = frozenset(plain(name) for one in INGREDIENTS if one.varies for name in one.names)
