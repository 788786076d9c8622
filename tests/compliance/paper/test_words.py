"""Every finding that a reader can make has a sentence."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

from compliance.models import Finding
from compliance.paper.services.examinations import OF_FILES
from compliance.paper.services.findings import FOR_A_READER
from compliance.paper.words import COSMETIC_TYPES, WORDS, sentence
from compliance.reading.certificates import ENDS
from compliance.reading.cosmetics import TYPES
from compliance.reading.facts import ROLES, State
from compliance.reading.models import Named
from compliance.reading.substances import CLAIMS

ROOT = Path(__file__).resolve().parents[3] / "compliance"
SOURCES = [*(ROOT / "reading").glob("*.py"), ROOT / "paper/services/examinations.py"]
MAKERS = {"block", "review", "note", "weight"}


def codes_in(source: str) -> set[str]:
    """The literal first argument of every call that makes a finding."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MAKERS:
                found.add(node.args[0].value)
    return found


def test_every_code_has_words_and_no_words_are_for_nothing():
    made = set().union(*(codes_in(path.read_text()) for path in SOURCES))
    made |= set(ENDS.values()) | {f"file_{code}" for code in OF_FILES}
    made |= {"issuing_body_not_in_text", "holder_not_in_text", "model_not_in_text", "section_missing"}
    made |= {f"model_{named}" for named in Named if named is not Named.SAME} | set(FOR_A_READER)
    both = {"kind", "standard", "edition", "result", "product", *ROLES}
    made |= {f"{fact}_{state}" for fact in both for state in (State.CONTRADICTED, State.NOT_FOUND)} | {"fact_found"}
    made |= {f"{fact}_not_found" for fact in ("act", "tests", "issuer", "signature", "place", "maker", "extent")}
    made |= {f"{fact}_contradicted" for fact in ("superseded", "limit", "scope")}
    made |= {
        "no_text",
        "number_format",
        "check_digit",
        "use_not_allowed",
        "declare",
        "name_not_known",
        "market_language_unknown",
    }

    made |= {f"exemption_{claim}" for claim in CLAIMS}

    assert set(WORDS) == made


def test_every_type_of_cosmetic_has_words():
    assert tuple(COSMETIC_TYPES) == TYPES


@pytest.mark.parametrize("code", sorted(WORDS))
def test_a_sentence_can_be_said_without_knowing_a_database(code):
    names = re.findall(r"%\((\w+)\)s", str(WORDS[code]))
    params = {name: "x" for name in names if name not in ("shares", "owner", "pages")}
    if "shares" in names:
        params["shares"] = {"en": 0.97, "zh": 0.03}

    with override("en"):
        assert "%(" not in sentence(Finding(code=code, params=params), names={})


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_sentence_is_said_in_chinese(code):
    with override("zh-hans"):
        assert re.search("[\u4e00-\u9fff]", str(WORDS[code]))
