"""Names of substances: which are the same, which CAS number is whose, and which names belong to a group of the law."""

import re
from dataclasses import dataclass

# Common ingredients with the CAS numbers under which they are traded (public registry facts).
CAS_OF: dict[str, tuple[str, ...]] = {
    "AQUA": ("7732-18-5",),
    "WATER": ("7732-18-5",),
    "GLYCERIN": ("56-81-5",),
    "GLYCEROL": ("56-81-5",),
    "PROPYLENE GLYCOL": ("57-55-6",),
    "BUTYLENE GLYCOL": ("107-88-0",),
    "1,2-HEXANEDIOL": ("6920-22-5",),
    "ETHYLHEXYLGLYCERIN": ("70445-33-9",),
    "NIACINAMIDE": ("98-92-0",),
    "CITRIC ACID": ("77-92-9", "5949-29-1"),
    "SODIUM CITRATE": ("68-04-2", "6132-04-3"),
    "LACTIC ACID": ("50-21-5", "79-33-4"),
    "GLYCOLIC ACID": ("79-14-1",),
    "ASCORBIC ACID": ("50-81-7",),
    "ALLANTOIN": ("97-59-6",),
    "PANTHENOL": ("81-13-0", "16485-10-2"),
    "UREA": ("57-13-6",),
    "CAFFEINE": ("58-08-2",),
    "BETAINE": ("107-43-7",),
    "SQUALANE": ("111-01-3",),
    "SORBITOL": ("50-70-4",),
    "XANTHAN GUM": ("11138-66-2",),
    "SODIUM HYALURONATE": ("9067-32-7",),
    "DISODIUM EDTA": ("139-33-3", "6381-92-6"),
    "STEARIC ACID": ("57-11-4",),
    "PALMITIC ACID": ("57-10-3",),
    "MYRISTIC ACID": ("544-63-8",),
    "LAURIC ACID": ("143-07-7",),
    "OLEIC ACID": ("112-80-1",),
    "CETYL ALCOHOL": ("36653-82-4",),
    "ISOPROPYL MYRISTATE": ("110-27-0",),
    "TRIETHANOLAMINE": ("102-71-6",),
    "ALCOHOL": ("64-17-5",),
    "ALCOHOL DENAT": ("64-17-5",),
    "ETHANOL": ("64-17-5",),
    "ISOPROPYL ALCOHOL": ("67-63-0",),
    "ACETONE": ("67-64-1",),
    "ETHYL ACETATE": ("141-78-6",),
    "BUTYL ACETATE": ("123-86-4",),
    "NITROCELLULOSE": ("9004-70-0",),
    "SODIUM CHLORIDE": ("7647-14-5",),
    "SODIUM BENZOATE": ("532-32-1",),
    "POTASSIUM SORBATE": ("24634-61-5", "590-00-1"),
    "TALC": ("14807-96-6",),
    "MICA": ("12001-26-2",),
    "KAOLIN": ("1332-58-7",),
    "MENTHOL": ("89-78-1", "2216-51-5", "1490-04-6"),
    "CAMPHOR": ("76-22-2", "464-49-3", "21368-68-3"),
}


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


_MERCURY = r"\bmercur|\bhydrargyr|phenylmercur|thiomersal|thimerosal|\bcalomel\b|汞"
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
    "7439-92-1": _group("301-04-2 1335-32-6 7758-97-6 1317-36-8", r"\blead\b(?!-?free)|\bplumb|铅"),
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


def plain(name: str) -> str:
    """Letters and digits alone, lower case: "Alcohol Denat." and "ALCOHOL DENAT" are one."""
    return "".join(character for character in name.casefold() if character.isalnum())


def names_of(name: str) -> frozenset[str]:
    """The plain names under which a line or an entry goes: as a whole, without what stands in brackets, each part of
    "AQUA / WATER", and an abbreviation in brackets."""
    whole = re.sub(r"\s*\([^)]*\)", "", name)
    parts = {name, whole, *re.split(r"\s*/\s*", whole)}
    parts |= {found for found in ABBREVIATION.findall(name) if found not in NOT_A_NAME}
    return frozenset(filter(None, map(plain, parts)))
