"""Handing in several papers at once, each by itself: one that is refused keeps none of the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.access import require
from accounts.models import User
from activity.errors import RuleBroken
from activity.transactions import one_transaction
from compliance.models import Document, Evidence, Requirement
from compliance.paper.services.evidence import submit_evidence
from compliance.paper.services.proposals import PaperInput
from suppliers.models import Listing


@dataclass(frozen=True, slots=True)
class Bundle:
    """One paper of several: a file, what it is for, and what it says."""

    document: Document
    requirement: Requirement
    listings: Collection[Listing]
    paper: PaperInput


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What came of one of them: the paper, or why it was refused."""

    evidence: Evidence | None
    refusal: RuleBroken | None = None


def submit_papers(*, bundles: Sequence[Bundle], actor: User, at: datetime) -> list[HandedIn]:
    """One result for each, in the order of `bundles`. Raises NotAllowed."""
    require(actor, "compliance.upload_evidence")
    done = []
    for one in bundles:
        try:
            with one_transaction():
                evidence = submit_evidence(
                    document=one.document, requirement=one.requirement, listings=one.listings, paper=one.paper,
                    actor=actor, at=at,
                )  # fmt: skip
            done.append(HandedIn(evidence))
        except RuleBroken as refusal:
            done.append(HandedIn(None, refusal))
    return done
