"""What happened to a paper, as an event of each listing that the paper names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from activity.services import happened, record_events
from compliance.checklist.services import stream_of
from compliance.models import Evidence
from suppliers.models import Listing


def tell_of_paper(
    kind: str, evidence: Evidence, listings: Iterable[Listing], *, at: datetime, actor: User | None, **data: Any
) -> None:
    """Record one event for each listing; product and market of each must be at hand. `actor` None: by the clock."""
    about = {
        "evidence": str(evidence.uid),
        "requirement": evidence.requirement.key,
        "name": evidence.requirement.name,
        "name_zh": evidence.requirement.name_zh,
        "number": evidence.number,
    }
    record_events(
        happened(
            kind,
            stream_of(listing),
            at=at,
            actor=actor,
            product=listing.product.sku,
            market=listing.market.code,
            **about,
            **data,
        )
        for listing in listings
    )
