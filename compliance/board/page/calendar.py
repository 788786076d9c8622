"""What breaks soon: papers, waivers and golden samples that run out, deviations that end, go-lives that are planned on a closed gate."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from compliance.models import ChecklistItem, Gate, GateState, ItemState, LiveState
from inspections.models import Batch, Sample

DAYS = 60
MOST = 2000


@dataclass(frozen=True, slots=True)
class Ending:
    """One thing that ends on a day: `day` is the last on which it counts. `uid` is the same each time it is asked for."""

    day: date
    uid: str
    kind: str
    what: str
    where: str
    url: str
    is_live: bool

    @property
    def tone(self) -> str:
        return "stopped" if self.is_live else "warning"


def endings(user: User, *, today: date, days: int = DAYS) -> list[Ending]:
    """All that ends from today on within so many days, the first first. Suppliers: of their own products (R5).

    Four statements for the team, two for a supplier.
    """
    last = today + timedelta(days=days)
    found = [*papers_that_end(user, today, last), *_deviations(user, today, last)]
    if user.has_perm("suppliers.see_all"):
        found += [*_planned(user, today, last), *_samples(today, last)]
    return sorted(found, key=lambda ending: (ending.day, ending.what, ending.where))


def papers_that_end(user: User, today: date, last: date, *, only: Q = Q()) -> list[Ending]:  # noqa: B008 immutable
    """Papers and waivers, one per paper and requirement however many listings it serves, the first first.

    `only` narrows the items of checklists. One statement.
    """
    items = (
        ChecklistItem.objects.visible_to(user)
        .filter(
            only,
            is_blocking=True,
            state__in=[ItemState.ACCEPTED, ItemState.WAIVED],
            valid_to__gte=today,
            valid_to__lte=last,
        )
        .select_related("requirement")
        .annotate(sku=F("listing__product__sku"), market=F("listing__market__code"), live=F("listing__gate__live"))
        .order_by("valid_to", "sku", "market")[:MOST]
    )
    grouped: dict[tuple, list[ChecklistItem]] = defaultdict(list)
    for item in items:
        grouped[item.valid_to, item.requirement_id, item.evidence_id, item.waiver_id].append(item)
    return [_paper(members) for members in grouped.values()]


def _paper(members: Sequence) -> Ending:
    first = members[0]
    name = first.requirement.local_name
    is_waiver = first.state == ItemState.WAIVED
    return Ending(
        day=first.valid_to,
        uid=f"item-{first.requirement.key}-{first.evidence_id or 0}-{first.waiver_id or 0}",
        kind="waiver" if is_waiver else "paper",
        what=_("Waiver of %(requirement)s") % {"requirement": name} if is_waiver else name,
        where=", ".join(f"{item.sku} {item.market}" for item in members),
        url=reverse("listing-detail", args=[first.sku, first.market]),
        is_live=any(item.live == LiveState.LIVE for item in members),
    )


def _deviations(user: User, today: date, last: date) -> list[Ending]:
    batches = Batch.objects.visible_to(user).filter(deviation_until__isnull=False, available__gt=0)
    found = []
    for batch in batches.select_related("product").order_by("deviation_until")[:MOST]:
        until = batch.deviation_until
        if until and today <= (day := localdate(until - timedelta(seconds=1))) <= last:
            what = _("Deviation of batch %(batch)s") % {"batch": batch.number}
            url = reverse("batch-detail", args=[batch.number])
            found.append(Ending(day, f"deviation-{batch.number}", "deviation", what, batch.product.sku, url, False))
    return found


def _samples(today: date, last: date) -> list[Ending]:
    samples = Sample.objects.golden().filter(kept_until__gte=today, kept_until__lte=last).select_related("product")
    live = Gate.objects.filter(listing__product=OuterRef("product"), live=LiveState.LIVE)
    return [
        Ending(
            day=sample.kept_until,
            uid=f"sample-{sample.uid}",
            kind="sample",
            what=_("Golden sample %(version)s is kept until then") % {"version": sample.version},
            where=sample.product.sku,
            url=reverse("sample-detail", args=[sample.uid]),
            is_live=sample.is_live,
        )
        for sample in samples.annotate(is_live=Exists(live)).order_by("kept_until", "id")[:MOST]
        if sample.kept_until
    ]


def _planned(user: User, today: date, last: date) -> list[Ending]:
    rows = (
        Gate.objects.visible_to(user)
        .filter(state=GateState.CLOSED, planned_on__gte=today, planned_on__lte=last)
        .exclude(live=LiveState.LIVE)
    )
    return [
        Ending(
            day=gate.planned_on,
            uid=f"planned-{gate.sku}-{gate.market}",
            kind="planned",
            what=_("Planned to go live, and the gate is closed"),
            where=f"{gate.sku} {gate.market}",
            url=reverse("listing-detail", args=[gate.sku, gate.market]),
            is_live=False,
        )
        for gate in rows.only("sku", "market", "planned_on").order_by("planned_on", "sku")[:MOST]
        if gate.planned_on
    ]
