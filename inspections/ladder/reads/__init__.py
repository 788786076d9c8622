"""The ladder of a product: its golden sample, its latest pilot run, then its batches in time, per characteristic.

Only first submissions count (R10). Per batch the columns beside the readings are read, never the readings, so a ladder of
500 batches takes as many statements as one of three.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, Q, QuerySet

from accounts.models import User
from inspections.ladder.reads.known import Golden, Pilot, for_ladder, known_of, measured_before
from inspections.ladder.reads.overlays import overlays_of, relatives_of
from inspections.ladder.reads.rungs import Rung, characteristics_of, rungs_of, values_of
from inspections.ladder.reads.tracks import Track, colour_tracks, track_of
from inspections.models import Characteristic, Drift, NonconformityClass
from inspections.rules.ladder import DRIFTING, IMPROVED
from suppliers.models import Product

__all__ = ["Ladder", "Track", "drifting_products", "for_ladder", "ladder_of"]

CLASSES = [NonconformityClass.CRITICAL, NonconformityClass.MAJOR]
FEW = 2


@dataclass(kw_only=True)
class Ladder:
    product: Product
    rungs: list[Rung]
    tracks: list[Track]
    golden: Golden | None = None
    pilot: Pilot | None = None
    relatives: list[Product] = field(default_factory=list)

    @property
    def drifting(self) -> list[Track]:
        return [track for track in self.tracks if track.state == DRIFTING]

    @property
    def by_urgency(self) -> tuple[list[Track], list[Track]]:
        """Those to be looked at large, what drifts first, and the steady ones; all are large where they are few."""
        moved = [track for track in self.tracks if track.state == IMPROVED]
        steady = [track for track in self.tracks if track.state not in (DRIFTING, IMPROVED)]
        if len(self.tracks) <= FEW:
            return self.drifting + moved + steady, []
        return self.drifting + moved, steady

    def track(self, code: str) -> Track | None:
        return next((track for track in self.tracks if track.code == code), None)


def ladder_of(product: Product, *, only: str | None = None, with_relatives: bool = False) -> Ladder:
    """All critical and major characteristics of a product, or `only` one, by code.

    Three statements; one more for one that `for_ladder` did not read, where there is a golden sample or a pilot run, and
    where the golden sample has a colour. `with_relatives` overlays what other suppliers' SKUs of the same model measured,
    which is nothing that a supplier may see, in four more.
    """
    known = known_of(product)
    golden, pilot = known.golden, known.pilot
    rungs = rungs_of([product])[product.pk]
    every = characteristics_of(product, rungs)
    newest = _newest(every)
    if only is not None:
        newest = [c for c in newest if c.code == only]
    values = values_of(rungs, [c for c in every if c.code in {n.code for n in newest}])
    relatives = relatives_of(product) if with_relatives else []
    overlays = overlays_of(relatives, newest)
    before = measured_before(golden, pilot, {characteristic.code: characteristic.unit for characteristic in newest})
    tracks = []
    for characteristic in newest:
        code = characteristic.code
        of_code = [c for c in every if c.code == code]
        track = track_of(characteristic, of_code, rungs, values, known.baselines.get(code), known.drifts.get(code, ()))
        track.golden = before.golden.get(code)
        track.pilot = before.pilot.get(code, ())
        track.other_units = before.left_out.get(code)
        track.others = overlays.get(code, ())
        tracks.append(track)
    tracks += colour_tracks(newest, rungs, golden)
    return Ladder(product=product, rungs=rungs, tracks=tracks, golden=golden, pilot=pilot, relatives=relatives)


def _newest(every: Sequence[Characteristic]) -> list[Characteristic]:
    """The critical and major ones of the newest version, in its order."""
    if not every:
        return []
    newest = every[-1].specification_id
    return [c for c in every if c.specification_id == newest and c.nonconformity_class in CLASSES]


def drifting_products(user: User, *, mine: bool = False) -> QuerySet[Drift]:
    """Open drifts that the user may see, newest first; `mine`: of the products that the user looks after, if any."""
    drifts = Drift.objects.visible_to(user).open().select_related("product__supplier", "since__batch")
    if mine:
        looks_after_some = Exists(Product.objects.filter(merchandiser=user))
        drifts = drifts.filter(Q(product__merchandiser=user) | ~looks_after_some)
    return drifts.order_by("-id")
