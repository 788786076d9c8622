"""What a report concludes, and what it says that it left out."""

import re
from dataclasses import dataclass


def _any(*words: str) -> str:
    """A line end counts as a space: a conclusion may be broken over two lines."""
    return "|".join(words).replace(" ?", r"\s*").replace(" ", r"\s+")


# Words that conclude wherever they stand. What says fail is taken out before a pass is looked for: "no cumple" is none.
FAIL = re.compile(
    _any(
        r"(?<![\w-])(?:fail(?:s|ed)?|f a i l)(?![\w-]|-safe)",
        r"\b(?:(?:is|was|were|be|found|did|do|does|has|have|had) )?(?:not|n[o']t|never|cannot|can not)(?: \w+){0,2} (?:pass(?:ed)?|compl(?:y|iant|ied|iance)"
        r"|conform(?:ing|s|ed|ant|ity)?|acceptable|meet(?:ing)?|met|fulfil(?:led|s)?|fulfilled|satisf(?:y|ied|actory)|ok|okay)\b",
        r"(?<=n['’]t) (?:pass|comply|conform|meet|fulfil|satisfy)\b|\b(?:unable|failing) to (?:pass|comply|conform|meet|fulfil|satisfy)\b",
        r"\bnon-? ?(?:compliant|compliance|conforming|conformant|conformance|conformity|conformities)\b|\bun-?(?:satisfactory|acceptable)\b",
        r"\b(?:above|exceed(?:s|ed|ing)?) (?:the |its )?(?:\w+ )?limits?\b|\bout of (?:specification|tolerance|limits?)\b|\binconsistent with\b",
        r"不 ?合 ?格|不 ?符 ?合|不 ?(?:通过|通過|达标|達標|及格|满足|滿足|合规|達成)|未 ?(?:能 ?)?(?:通过|通過|达标|達標|达到|達到|满足|滿足)|超标|超標|超出[^\n。]{0,6}限|不 ?適 ?合"
        r"|(?<=[:：]) ?不適(?!用)",
        r"nicht (?:\w+ )?(?:bestanden|konform|erfüllt|eingehalten|in ordnung)|entspr(?:icht|echen) nicht|durchgefallen|n\.? ?i\. ?o\.",
        r"non[ -](?:conforme|satisfaisante?s?)|n['’](?:est|sont|a) pas [^\n.]{0,20}?(?:conformes?|satisf\w+)|ne (?:\w+ )?(?:satisfait|satisfont|répond|remplit) pas"
        r"|ne (?:satisfait|répond|remplit) point|défavorable|insatisfaisante?",
        r"\bno (?:es )?(?:conforme|cumple|apto|apta|pasa|supera|satisface|aprobado)\b|\bincumple\b|\bdesfavorable\b|\bno conformidad\b",
        r"non (?:è )?(?:conforme|superat[oa]|soddisfa|idoneo|rispetta|rispondente)|insoddisfacente",
        r"não (?:está |é )?(?:conforme|atende|cumpre|aprovado|satisfaz)|\breprovad[oa]\b",
        r"\bvold(?:oet|oen) niet|niet (?:geslaagd|conform|voldaan|goedgekeurd)|\bafgekeurd\b",
        r"\bnie (?:spełnia|zgodny|zdał)|\bniezgodn[yae]\b|\bunderkän[dt]\b|uppfyller (?:inte|ej)|не соответствует|не (?:прош[её]л|выдержал)",
        r"tidak (?:lulus|memenuhi|sesuai|mematuhi|patuh)|không (?:đạt|phù hợp|đáp ứng|tuân thủ)|ไม่(?:ผ่าน|เป็นไปตาม|สอดคล้อง)",
        r"부적합|불합격|غير (?:مطابق|ناجح)\w*|لا (?:يطابق|يستوفي)|\buygun (?:değil|değildir)\b|\bdeğildir\b|(?<![不])否 ?决",
    ),
    re.IGNORECASE,
)  # fmt: skip
PASS = re.compile(
    _any(
        r"(?<![\w-])pass(?:es|ed)?(?![\w-])|\bcompl(?:ies|ied|iant|y)\b|\bin (?:compliance|conformity)\b|\bconform(?:s|ed|ing)?\b"
        r"|\b(?:meets?|fulfil(?:l?s|led)?|satisf(?:ies|ied|y)) the (?:\w+ )?(?:require|limit|criteri)\w*",
        r"合 ?格|符 ?合|通过|通過|达标|達標|满足|滿足|適合",
        r"bestanden|konform|erfüllt|eingehalten|entspr(?:icht|echen) den",
        r"\bconformes?\b|\bsatisf(?:ait|ont|aisante?)\b|\brépond(?:ent)? aux\b|\bcumplen?\b|\bsupera(?:to|ta)?\b|\bsoddisfa\b|\batendem? a\w*\b|\bcumprem?\b"
        r"|\bem conformidade\b|\baprovad[oa]\b|\baprobad[oa]\b",
        r"\bvoldoe[tn]\b|\bgeslaagd\b|\bspełnia\b|\bzgodn[yae]\b|\bgodkän[dt]\b|\buppfyller\b|соответствует",
        r"\b(?:lulus|memenuhi|sesuai|mematuhi)\b|\b(?:đạt|phù hợp|đáp ứng)\b|ผ่าน|적합|합격|مطابق|\buygun(?:dur)?\b",
    ),
    re.IGNORECASE,
)
# Words that conclude only behind what announces a conclusion.
ANNOUNCED = (
    r"(?:conclusions?|verdicts?|judge?ments?|assessment|evaluation|overall|final|test results?|results?|compliance|status|gesamturteil|urteil|bewertung"
    r"|(?:prüf)?ergebnis|résultats?|avis|resultado|dictamen|conclusión|conclusão|esito|giudizio|risultato|resultaat|conclusie|oordeel|wynik|ocena|resultat"
    r"|结论|結論|结果|結果|判定|评价|評価|総合|판정|결과|결론|ผล\w*|kết luận|kết quả|kesimpulan|keputusan|hasil|النتيجة|الخلاصة|sonuç|результат|вывод|заключение)"
    r"[^\n:：]{0,30}?[:：|\s]\s*"
)
ENDS = r"(?=\s*[*.。,;；(（]?\s*(?:\n|$)|\s*[(（,;；])"
SAID_FAIL = re.compile(
    ANNOUNCED + r"(n\.? ?g\.?|n\. ?c\.|f|x|[✗✘×]|否|failures?|rejected|refused|unsatisf\w+|un-satisf\w+|negativ\w*|negatywn\w+|mangelhaft|ungenügend|unzulässig"
    r"|échec|échoué|refusé|gagal|راسب|kaldı|不可|no|rot|rejeté|rechazad[oa]|respint[oa]|bocciat[oa])" + ENDS, re.IGNORECASE,
)  # fmt: skip
SAID_PASS = re.compile(
    ANNOUNCED + r"(p|ok|o\.k\.|✓|✔|√|yes|是|satisfactory|satisfied|acceptable|accepted|positi[vf]\w*|pozytywn\w+|apt[oa]|favorable|idoneo|geçti|ناجح|良好|可)" + ENDS,
    re.IGNORECASE,
)  # fmt: skip
# A row of a table that ends in the sign for a fail, below a heading that has a column for it.
COLUMN = re.compile(r"verdict|conclusion|judg|remark|assessment|bewertung|结论|結論|判定|评价", re.IGNORECASE)
ROW_FAIL = re.compile(
    r"^(?=.*\w{2}).*(?<!class)(?<!type)(?<!group)(?<!fuse)(?<!insulation)(?<!model)(?<!°)(?<!=)[\s|](F|N\.?G\.?|N\.C\.|[✗✘]|否)$",
    re.IGNORECASE,
)
PASSED_ROW = re.compile(r"^(?!.*[:：]).*\w.*\s(?:P|PASS)\s*$", re.IGNORECASE | re.MULTILINE)
ANY_ROW_FAIL = re.compile(r"^.*\w.*\s(N\.?G\.?|N\.C\.|[✗✘])$")
# "No failures were found" says nothing against it.
NO_FAIL = re.compile(
    _any(
        r"\b(?:no|without|free (?:of|from)|zero|0|keine?|ohne|aucune?|sans|sin|ning(?:ún|una)|nessun[ao]?|senza|nenhum[a]?|geen) (?:\w+ ){0,2}?"
        r"(?:fail(?:ed|ures?)?|non-? ?conform\w+|non-? ?complian\w+|nichtkonformität\w*)[^\n.]{0,30}",
        r"(?:未发现|未見|未见|无|没有|無)[^\n。，,]{0,6}不 ?(?:合格|符合)[^\n。，,]{0,4}|不合格(?:数|品数|项|率)?\s*[:：]?\s*0\b|(?:0|零) ?项不合格",
    ),
    re.IGNORECASE,
)  # fmt: skip
UNTESTED = re.compile(
    r"\bnot\s+(?:been\s+)?(?:tested|required|requested|applicable|performed|covered|included|carried\s+out|assessed|determined|measured)|\buntested\b|\bexcluded\b|\bto\s+be\s+tested\b"
    r"|(?<!\w)N\.?/?A\.?(?!\w)|未(?:检|测|作|做)\w*|不(?:适用|检测|测试)|免检|nicht\s+(?:geprüft|getestet|anwendbar|bestimmt)|non\s+(?:testée?s?|applicable|requis\w*|testat\w)"
    r"|no\s+(?:ensayad\w+|aplica|requerid\w+)|\bpending\b|待测",
    re.IGNORECASE,
)
PARTIAL = re.compile(
    r"\bpartial(?:ly)?\s+(?:test\w*|evaluat\w*|report|assess\w*|complian\w*)|\b(?:selected|specified|certain|limited|some|following|client-specified)\s+(?:clauses|tests|items)\s+only"
    r"|\bonly\s+(?:the\s+)?(?:selected|specified|certain|some)\s+(?:clauses|tests|items)|\bclauses?\s+[\d.,\s]+(?:(?:to|and|-|–)\s*[\d.]+\s*)?only\b"
    r"|\b(?:remaining|other|all\s+other)\s+(?:clauses|tests|items)\s+(?:(?:were|are|have)\s+)?(?:not|been\s+omitted)|部分(?:项目|条款|检测|测试)|其(?:余|它|他)(?:项目|条款)[^\n。]{0,6}[未不]"
    r"|\bteilprüfung|\bteilweise\s+(?:geprüft|prüfung)|essais?\s+partiels?|ensayo\s+parcial|prove?\s+parzial[ei]|\bpre-?(?:test|scan|compliance)\s+(?:report|only)|摸底",
    re.IGNORECASE,
)
# Explains signs or speaks of what would be, and concludes nothing.
LEGEND = re.compile(
    r"possible|verdicts:|case verdict|criteri|legend|abbreviat|N/?A\b.{0,40}\bfail|(?:pass|p)\s*/\s*f(?:ail)?\b|fail\s*/\s*pass|合格\s*/\s*不合格|[PF]\s*\(\s*(?:pass|fail)"
    r"|(?:pass|fail)\s*\(\s*[PF]\s*\)|\b[PFN]\s*[=＝]|=\s*(?:pass|fail)|\bif\b|\bshall\b|\bmust\b|\bshould\b|\bwould\b|\bwhether\b|test object|若|如果|应当|准则|判定标准|判定規準|注[:：]"
    r"|\bliab|\bindemn|fault conditions?|abnormal operation|failure mode|terms and conditions|\bfalls\b|\bwenn\b|\bsi\s+l|\bin case\b|\bha(?:ve|s) to be\b|when it fails",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[a-zäöüé0-9)][.;!?])\s+(?=[A-ZÄÖÜÉ(])|(?<=[。；;！])")
LONGEST = 240  # a pass is no paragraph


@dataclass(frozen=True, slots=True)
class Conclusion:
    is_pass: bool
    said: str
    quote: str


def conclusion(text: str) -> Conclusion | None:
    """A fail wherever one is printed, else the first pass; None where nothing is concluded."""
    plain = NO_FAIL.sub(_blank, text)
    for pattern in (SAID_FAIL, FAIL):
        for found in pattern.finditer(plain):
            said = found[found.lastindex or 0]
            start = found.start(found.lastindex or 0)
            if pattern is SAID_FAIL or _is_announced(plain, start) or not LEGEND.search(_sentence(plain, start)):
                return Conclusion(False, " ".join(said.split()), _line(text, start, found.end()))
    if row := _failed_row(plain):
        return Conclusion(False, row[1], row[0].strip())
    for pattern in (PASS, SAID_PASS):
        for found in pattern.finditer(FAIL.sub(_blank, plain)):
            start = found.start(found.lastindex or 0)
            sentence = _sentence(plain, start)
            if len(sentence) <= LONGEST and not LEGEND.search(sentence):
                return Conclusion(True, found[found.lastindex or 0], _line(text, start, found.end()))
    no_fail = NO_FAIL.search(text)
    return Conclusion(True, no_fail[0].strip(), _line(text, *no_fail.span())) if no_fail else None


def _blank(found: re.Match[str]) -> str:
    """As long as before, so that places stay."""
    return re.sub(r"[^\n]", " ", found[0])


def _is_announced(text: str, start: int) -> bool:
    """Whether "Conclusion:" stands right before: what follows it is one, whatever else its sentence speaks of."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return re.search(rf"(?:{ANNOUNCED})$", before, re.IGNORECASE) is not None and ":" in before.replace("：", ":")


def _sentence(text: str, place: int) -> str:
    """The sentence of its line in which something stands."""
    begins, ends = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    cuts = [begins + cut.end() for cut in SENTENCE_END.finditer(text[begins : None if ends < 0 else ends])]
    first = max((cut for cut in cuts if cut <= place), default=begins)
    last = min((cut for cut in cuts if cut > place), default=ends if ends >= 0 else len(text))
    return text[first:last]


def _failed_row(text: str) -> tuple[str, str] | None:
    """(row, sign) of a row that ends in the sign for a fail."""
    has_column = PASSED_ROW.search(text) is not None
    for line in text.split("\n"):
        line = line.strip()
        if has_column and (row := ROW_FAIL.match(line)) and not LEGEND.search(line):
            return line, row[1]
        if row := ANY_ROW_FAIL.match(line):
            return line, row[1]
        has_column = has_column or bool(COLUMN.search(line) and ":" not in line.replace("：", ":"))
    return None


def _line(text: str, start: int, end: int) -> str:
    begins, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return text[begins : None if ends < 0 else ends].replace("\n", " ").strip()
