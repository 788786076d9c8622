"""In which language a paper is written, judged line by line.

A detector that looks at a whole text calls an English manual with Chinese headings English, with full confidence. So
each line gets a language (by its script, and where that is Latin by py3langid), and what counts is how the lines follow
one another: a booklet that says it all in English, then in German, then in Chinese is good, a text that keeps changing
is not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from compliance.reading.text import Page

# What one letter of a script weighs against a Latin one: Chinese says in one character what takes three letters.
WEIGHTS = {"latin": 1, "han": 3, "kana": 2, "hangul": 2, "thai": 1, "arabic": 1.3, "cyrillic": 1, "greek": 1}
RANGES = re.compile(
    "(?P<kana>[\u3040-\u30ff\u31f0-\u31ff])|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])|(?P<hangul>[\uac00-\ud7af])"
    "|(?P<thai>[\u0e01-\u0e5b])|(?P<arabic>[\u0600-\u06ff\u0750-\u077f])|(?P<cyrillic>[\u0400-\u04ff])"
    "|(?P<greek>[\u0370-\u03ff])|(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff])"
)
LANGUAGE_OF = {"han": "zh", "kana": "ja", "hangul": "ko", "thai": "th", "arabic": "ar", "cyrillic": "ru", "greek": "el"}
SCRIPTS_OF = {"zh": ("han",), "ja": ("han", "kana"), "ko": ("hangul",), "th": ("thai",), "ar": ("arabic",)}
# Those that goods of our markets come with, and their neighbours, so that a manual in Dutch is not called German.
CANDIDATES = (
    "en", "de", "fr", "it", "es", "nl", "pt", "pl", "sv", "da", "cs", "hu", "ro", "tr", "fi", "vi", "id", "ms", "tl",
)  # fmt: skip
SAME = {"ms": "id", "tl": "fil"}  # Malay and Indonesian instructions cannot be told apart by a detector
WORD = re.compile(r"[^\W\d_]{3,}")
ENOUGH = 40  # letters; a detector guesses below that, so a short line is judged with those around it
FEWEST = 40  # letters of a paper that says anything
PRESENT = 0.12  # of the largest other language: below that it is a few words in a paper of another language
WHOLE = 0.4  # of the largest other language: a part of less than that has to stand together to be one
TOGETHER = 0.6  # of a part, in one stretch; strings here and there in a manual of another language are none
SUBSTANTIAL = 200
SHORT_LINES, SHORT_WEIGHT = 6, 360  # a stretch of another language up to that size interrupts; above, it is a part
MANY = 3
RUNNING = 120  # characters of a header or footer at the most


class Verdict(StrEnum):
    """About one wanted language. The values are those of English; `name_of` says them for another."""

    ONLY = "english"
    AMONG_OTHERS = "multilingual_with_english"
    MIXED = "mixed"
    OTHER = "not_english"
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True)
class Line:
    page: int
    text: str
    language: str  # empty: only numbers, units, names
    weight: float


@dataclass(frozen=True, slots=True)
class Judged:
    """`lines` are those in the wanted language, in order; `shares` language -> part of the whole, by weight;
    `strange` the first lines of other languages that interrupt, `changes` how often one does; `everything` all lines."""

    wanted: str
    verdict: Verdict
    lines: tuple[Line, ...]
    shares: dict[str, float]
    changes: int
    strange: tuple[Line, ...]
    everything: tuple[Line, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.verdict in {Verdict.ONLY, Verdict.AMONG_OTHERS}


def judge(pages: Sequence[Page], wanted: str) -> Judged:
    """Whether the paper can be read in `wanted` (ISO 639-1, "fil" for Filipino), and in which lines."""
    lines = _without_running(languages_of(pages))
    wanted = SAME.get(wanted, wanted)
    _settle_doubtful(lines, wanted)
    weights: dict[str, float] = defaultdict(float)
    for line in lines:
        weights[line.language] += line.weight
    neutral = weights.pop("", 0)
    total = sum(weights.values())
    if total + neutral < FEWEST:
        return Judged(wanted, Verdict.NO_TEXT, (), {}, 0, ())
    own = weights.pop(wanted, 0)
    largest = max(weights.values(), default=0)
    strange, changes = _interruptions(lines, wanted)
    if own < max(FEWEST, PRESENT * largest):
        verdict = Verdict.OTHER
    elif (
        (own < WHOLE * largest and _longest(lines, wanted) < own * TOGETHER)
        or changes >= MANY
        or (changes == MANY - 1 and sum(line.weight for line in strange) > own / 10)
    ):
        verdict = Verdict.MIXED
    elif any(weight >= max(SUBSTANTIAL, own / 10) for weight in weights.values()):
        verdict = Verdict.AMONG_OTHERS
    else:
        verdict = Verdict.ONLY
    shares = {language: round(weight / total, 3) for language, weight in {wanted: own, **weights}.items() if weight}
    return Judged(wanted, verdict, tuple(_own_lines(lines, wanted)), shares, changes, tuple(strange[:5]), tuple(lines))


def _without_running(lines: list[Line]) -> list[Line]:
    """Without headers and footers: a short line that stands on most pages says nothing of the language of the text."""
    pages: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        pages[line.text.strip()].add(line.page)
    count = len({line.page for line in lines})
    return [line for line in lines if len(line.text) > RUNNING or len(pages[line.text.strip()]) < max(MANY, count / 2)]


def _settle_doubtful(lines: list[Line], wanted: str) -> None:
    """A few Latin words that a detector takes for another language, beside the wanted one, are names and addresses in it."""
    if wanted not in CANDIDATES:
        return
    spoken = [place for place, line in enumerate(lines) if line.language]
    runs = [list(run) for _language, run in groupby(spoken, lambda place: lines[place].language)]
    for before, run, after in zip([[], *runs], runs, [*runs[1:], []], strict=False):
        near = {lines[places[edge]].language for places, edge in ((before, -1), (after, 0)) if places}
        own = [lines[place] for place in run]
        if own[0].language in CANDIDATES and near == {wanted} and not _is_certain(own[0].language, own):
            for place in run:
                lines[place] = replace(lines[place], language=wanted)


def name_of(verdict: str, wanted: str) -> str:
    """The verdict's name for the wanted language: "not_english", "not_de"."""
    return verdict if wanted == "en" else verdict.replace("english", wanted)


def languages_of(pages: Iterable[Page]) -> list[Line]:
    """Every line that is not empty, with its language."""
    found = []
    for page in pages:
        for text in page.text.split("\n"):
            if text.strip():
                letters = Counter(_scripts(text))
                weights = {script: WEIGHTS[script] * count for script, count in letters.items()}
                found.append((page, text, weights))
    languages = [_by_script(text, weights, is_recognised=page.source == "ocr") for page, text, weights in found]
    _name_japanese(languages)
    _name_latin([text for _page, text, _weights in found], languages)
    return [
        Line(page.number, text, language, sum(weights.values()))
        for (page, text, weights), language in zip(found, languages, strict=True)
    ]


def _scripts(text: str) -> Iterator[str]:
    """The script of each letter."""
    return (cast(str, match.lastgroup) for match in RANGES.finditer(text))  # every range has a name


def _by_script(text: str, weights: dict[str, float], *, is_recognised: bool) -> str:
    """The language where the script tells it, "latin" where a detector has to, empty where there are no words."""
    latin = weights.get("latin", 0)
    if weights.get("kana"):
        return "ja"
    script = max(weights, key=weights.__getitem__, default="latin")
    if script != "latin":
        # Recognition takes a smudge for a character here and there.
        return "" if is_recognised and weights[script] <= 2 * WEIGHTS[script] else LANGUAGE_OF[script]
    if len(WORD.findall(text)) >= 2 or latin >= 16:
        return "latin"
    return ""


def _name_japanese(languages: list[str]) -> None:
    """Lines of Chinese characters alone stand in Japanese text too: near kana they are Japanese."""
    kana = [index for index, language in enumerate(languages) if language == "ja"]
    for index in kana:
        for near in range(max(0, index - 3), min(len(languages), index + 4)):
            if languages[near] == "zh":
                languages[near] = "ja"


def _name_latin(texts: list[str], languages: list[str]) -> None:
    latin = [index for index, language in enumerate(languages) if language == "latin"]
    for index in latin:
        languages[index] = _detected(_enough(texts, languages, index))
    for _is_latin, group in groupby(range(len(languages)), lambda index: languages[index] in CANDIDATES):
        if _is_latin:
            _calm(texts, languages, list(group))
    for index, language in enumerate(languages):
        languages[index] = SAME.get(language, language)


def _enough(texts: list[str], languages: list[str], index: int) -> str:
    """The line, and as many Latin lines after and before it, with nothing else between, as a detector needs."""
    text = texts[index]
    for step in (1, -1):
        near = index + step
        while (
            len(text) < ENOUGH
            and 0 <= near < len(texts)
            and (languages[near] in CANDIDATES or languages[near] in ("latin", ""))
        ):
            text = f"{text}\n{texts[near]}" if step > 0 else f"{texts[near]}\n{text}"
            near += step
    return text


def _calm(texts: list[str], languages: list[str], indexes: list[int]) -> None:
    """A short line that the detector takes for another language than the lines on both sides is one of theirs."""
    for before, index, after in zip(indexes, indexes[1:], indexes[2:], strict=False):
        if languages[before] == languages[after] != languages[index] and len(texts[index]) < 3 * ENOUGH:
            languages[index] = languages[before]


@cache
def _detector() -> Any:
    # Half a second and 100 MB, so only where papers are read.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # late: takes a second to load, and only this needs it

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(CANDIDATES)
    return detector


def _detected(text: str) -> str:
    return _detector().classify(text.lower())[0]


def _interruptions(lines: list[Line], wanted: str) -> tuple[list[Line], int]:
    """The lines of other languages that stand between, or within, lines of the wanted one; and how often one does.

    A stretch longer than a few lines is a part of its own and no interruption.
    """
    spoken = [line for line in lines if line.language]
    runs = [(language, list(run)) for language, run in groupby(spoken, attrgetter("language"))]
    strange: list[Line] = []
    changes = 0
    for place, (language, run) in enumerate(runs):
        near = {runs[there][0] for there in (place - 1, place + 1) if 0 <= there < len(runs)}
        if language == wanted:
            within = [line for line in run if _holds_another_script(line.text, wanted)]
            strange += within
            changes += len(within)
        elif wanted in near and len(run) < SHORT_LINES and _weighs(run) < SHORT_WEIGHT and _is_certain(language, run):
            strange += run
            changes += 1
    return strange, changes


def _longest(lines: Iterable[Line], wanted: str) -> float:
    """The weight of the longest stretch in the wanted language that no line of another interrupts."""
    spoken = (line for line in lines if line.language)
    runs = groupby(spoken, attrgetter("language"))
    return max((_weighs(list(run)) for language, run in runs if language == wanted), default=0)


def _weighs(run: list[Line]) -> float:
    return sum(line.weight for line in run)


def _is_certain(language: str, run: list[Line]) -> bool:
    """A detector errs on a short line of names and numbers; a script does not."""
    return language not in CANDIDATES or _weighs(run) >= 3 * ENOUGH


def _holds_another_script(text: str, language: str) -> bool:
    """Latin letters stand in texts of every language, as names and units."""
    scripts = Counter(_scripts(text))
    return any(
        count >= 2 for script, count in scripts.items() if script not in {"latin", *SCRIPTS_OF.get(language, ())}
    )


def _own_lines(lines: list[Line], wanted: str) -> list[Line]:
    """The lines in the wanted language, with the headings, numbers and names beside them on their page."""
    own = []
    for _page, group in groupby(lines, attrgetter("page")):
        page = list(group)
        before, after = _spoken_last(page), _spoken_last(page[::-1])[::-1]
        for line, last, following in zip(page, before, after, strict=True):
            beside = {last, following} - {""}
            if line.language == wanted or (not line.language and (wanted in beside or not beside)):
                own.append(line)
    return own


def _spoken_last(lines: list[Line]) -> list[str]:
    """For each line the language of the last line, up to it, that has one."""
    spoken, last = [], ""
    for line in lines:
        last = line.language or last
        spoken.append(last)
    return spoken
