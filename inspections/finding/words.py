"""What was found, in a sentence of the reader's language."""

from collections.abc import Mapping
from typing import Any

from inspections.finding.reads import facts_of
from inspections.hold.words import finding_sentence
from inspections.models import Finding, HoldReason


def sentence_of(facts: Mapping[str, Any]) -> str:
    """ "Lid finish: unit 3 does not conform." of what `facts_of` gives, whatever its class."""
    return finding_sentence(HoldReason.CRITICAL, facts)


def finding_words(finding: Finding) -> str:
    return sentence_of(facts_of(finding))
