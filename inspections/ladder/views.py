"""The ladder of a product: is the batch still the sample? And the quality manager's word on what drifts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.lists import ListPage
from inspections.charts.ladder import PHONE, SMALL, WIDE, Picture, picture
from inspections.gauge.reads import studies_of
from inspections.ladder import words
from inspections.ladder.forms import BaselineForm, DriftEndForm
from inspections.ladder.reads import Ladder, Track, drifting_products, for_ladder, ladder_of
from inspections.ladder.services import digest_of, end_drift, set_baseline
from inspections.models import Drift
from inspections.rules.ladder import MEASURED
from suppliers.models import Product

NOWHERE = UUID(int=0)
ROWS = 40
SIGNALS = 8


@dataclass(frozen=True)
class Card:
    """One characteristic on the page: what is said, and the pictures for a desk and for a phone, or a small one."""

    track: Track
    said: list[str]
    label: str
    tone: str
    wide: Picture | None = None
    phone: Picture | None = None
    small: Picture | None = None

    @property
    def name(self) -> str:
        name = self.track.characteristic.local_name
        return _("%(name)s: colour") % {"name": name} if self.track.is_colour else name

    @property
    def key(self) -> str:
        return f"{self.track.code}-colour" if self.track.is_colour else self.track.code

    @property
    def indices(self) -> list[words.IndexShown]:
        """Cpk and Ppk, each with its value before what moved."""
        return words.indices_shown(self.track)

    @property
    def limits(self) -> str:
        return words.limits_sentence(self.track)

    @property
    def slow_rule(self) -> str:
        return words.slow_rule()

    @property
    def signals(self) -> list[str]:
        return [words.signal_words(self.track, signal) for signal in self._signals[:SIGNALS]]

    @property
    def more_signals(self) -> int:
        return max(len(self._signals) - SIGNALS, 0)

    @property
    def _signals(self) -> Sequence:
        return self.track.reading.signals if self.track.reading else ()

    @property
    def is_measured(self) -> bool:
        return self.track.series is not None and self.track.series.kind == MEASURED

    @property
    def shown_rows(self) -> list[dict]:
        """The figures behind the picture, the newest first."""
        return rows_of(self.track, newest_first(self.track)[:ROWS])

    @property
    def hidden_rows(self) -> int:
        return max(len(self.track.rungs) - ROWS, 0)

    @property
    def left_out(self) -> int:
        return self.track.left_out


def newest_first(track: Track) -> Sequence[int]:
    """The indices of its batches."""
    return range(len(track.rungs) - 1, -1, -1)


def rows_of(track: Track, indices: Iterable[int]) -> list[dict]:
    """Some of its batches with what was found and what it is compared with, as text."""
    series, reading = track.series, track.reading
    if series is None or reading is None:
        return []
    rows = []
    chart, moving = reading.chart, reading.ewma
    pattern = reverse("inspection-detail", args=[NOWHERE])
    control = cache(lambda low, high: f"{words.plain_level(low, track)} – {words.plain_level(high, track)}")
    for index in indices:
        rung = track.rungs[index]
        row = {
            "rung": rung,
            "url": pattern.replace(str(NOWHERE), str(rung.uid)),
            "day": f"{localtime(rung.at):%Y-%m-%d}",
            "n": words.whole(int(series.sizes[index])),
            "level": words.plain_level(series.levels[index], track),
        }
        if series.kind == MEASURED and series.lows is not None and series.highs is not None and series.sds is not None:
            row["low"] = words.plain_level(series.lows[index], track)
            row["high"] = words.plain_level(series.highs[index], track)
            row["sd"] = "" if series.sizes[index] < 2 else words.spread_level(series.sds[index], track)
        else:
            row["count"] = words.whole(int(series.values[index]))
        if chart is not None:
            row["control"] = control(float(chart.lower[index]), float(chart.upper[index]))
        if moving is not None:
            row["ewma"] = words.plain_level(moving.points[index], track)
        rows.append(row)
    return rows


def label_of(track: Track, index: int, *, findings: bool) -> str:
    """What is said of one point; `findings` are for the team alone."""
    level = words.level(track.series.levels[index], track) if track.series else ""
    found = track.rungs[index].findings if findings else 0
    said = [level, ngettext("%(count)s finding", "%(count)s findings", found) % {"count": found}] if found else [level]
    return f"{track.numbers[index]}: {' · '.join(said)}"


def card_of(track: Track, *, small: bool = False, alone: bool = False, findings: bool = False) -> Card:
    """`alone`: it has a page of its own, with all that there is. `findings`: batches that have some are marked."""
    state = track.state
    said = words.sentences(track)
    if track.series is None or track.reading is None:
        return Card(track, said, str(words.STATES[state]), words.TONES[state])
    series = track.series
    pattern = reverse("inspection-detail", args=[NOWHERE])  # looked up once for all points
    options: dict[str, Any] = {
        "numbers": track.numbers,
        "label": lambda index: label_of(track, index, findings=findings),
        "flagged": lambda index: findings and track.rungs[index].findings > 0,
        "url": lambda index: pattern.replace(str(NOWHERE), str(track.rungs[index].uid)),
        "text": lambda number: words.axis(number, track),
        "since_label": _("since %(batch)s") % {"batch": track.since.number} if track.since else "",
        "golden": track.golden,
        "pilot": track.pilot,
        "others": track.others,
        "with_ewma": alone,
    }
    drawn = {
        name: picture(series, track.reading, frame=frame, **options)
        for name, frame in ((("small", SMALL),) if small else (("wide", WIDE), ("phone", PHONE)))
    }
    return Card(track, said, str(words.STATES[state]), words.TONES[state], **drawn)


def _product(request: PageRequest, sku: str) -> Product:
    return get_object_or_404(for_ladder(Product.objects.visible_to(request.user).select_related("supplier")), sku=sku)


def _wants_overlay(request: PageRequest) -> bool:
    """Other suppliers' lines are for the team alone (R5)."""
    return "overlay" in request.GET and request.user.has_perm("suppliers.see_all")


@require_safe
def product_ladder(request: PageRequest, sku: str) -> HttpResponse:
    product = _product(request, sku)
    overlay = _wants_overlay(request)
    sees_all = request.user.has_perm("suppliers.see_all")
    ladder = ladder_of(product, with_relatives=overlay)
    large, small = ladder.by_urgency
    context = {
        "product": product,
        "ladder": ladder,
        "large": [card_of(track, findings=sees_all) for track in large],
        "small": [card_of(track, small=True, findings=sees_all) for track in small],
        "overlay": overlay,
        "accepted": sum(rung.verdict == "accepted" for rung in ladder.rungs),
        "may_overlay": bool(product.model_code) and sees_all,
    }
    return render(request, "inspections/ladder/product.html", context)


def _track(ladder: Ladder, code: str, *, colour: bool) -> Track:
    found = next((t for t in ladder.tracks if t.code == code and t.is_colour == colour), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def ladder_characteristic(request: PageRequest, sku: str, code: str) -> HttpResponse:
    """One characteristic with all its figures. A POST says which batches are its normal."""
    product = _product(request, sku)
    if request.method == "POST":
        require_page(request.user, "inspections.decide_hold")
    overlay = _wants_overlay(request)
    ladder = ladder_of(product, only=code, with_relatives=overlay)
    track = _track(ladder, code, colour="colour" in request.GET)
    baseline = track.baseline
    initial = {"first": baseline.first, "last": baseline.last or ""} if baseline else {}
    form = BaselineForm(request.POST or None, initial=initial)

    def keep() -> None:
        values = {name: form.cleaned_data[name].strip() for name in ("first", "last", "note")}
        set_baseline(product=product, code=code, **values, actor=request.user, at=now())

    if carried_out(form, request.user, keep):
        messages.success(request, _("The control limits come from these batches now."))
        return redirect("ladder-characteristic", sku, code)
    return _show(request, product, ladder, track, form=form, overlay=overlay)


def _show(request: PageRequest, product: Product, ladder: Ladder, track: Track, **context: Any) -> HttpResponse:
    drifts = product.drifts.filter(code=track.code).exclude(ended_at=None)
    may_decide = request.user.has_perm("inspections.decide_hold")
    sees_all = request.user.has_perm("suppliers.see_all")
    figures = ListPage(request, newest_first(track))
    context = {
        "product": product,
        "ladder": ladder,
        "track": track,
        "figures": figures,
        "rows": rows_of(track, figures.page),
        "is_paged": "page" in request.GET,
        "card": card_of(track, alone=True, findings=sees_all),
        "may_decide": may_decide and not track.is_colour,
        "end_form": DriftEndForm(),
        "digest": digest_of(product.drifts.get(uid=track.drift.uid)) if may_decide and track.drift else "",
        "past": drifts.select_related("since__batch", "ended_by").order_by("-id") if sees_all else [],
        "may_overlay": bool(product.model_code) and sees_all,
        "gauges": {} if track.is_colour else studies_of(product, request.user),
        **context,
    }
    return render(request, "inspections/ladder/characteristic.html", context)


@require_http_methods(["POST"])
def drift_end(request: PageRequest, uid: UUID) -> HttpResponse:
    """The quality manager's word that a drift is over, signed by the password."""
    drift = get_object_or_404(Drift.objects.visible_to(request.user).select_related("product__supplier"), uid=uid)
    require_page(request.user, "inspections.decide_hold")
    form = DriftEndForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: end_drift(
            drift=drift,
            ending=form.cleaned_data["ending"],
            note=form.cleaned_data["note"],
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed: the drift is ended."))
        return redirect("ladder-characteristic", drift.product.sku, drift.code)
    ladder = ladder_of(drift.product, only=drift.code)
    track = _track(ladder, drift.code, colour=False)
    return _show(request, drift.product, ladder, track, form=BaselineForm(), end_form=form, overlay=False)


@require_safe
def drift_list(request: PageRequest) -> HttpResponse:
    """What drifts now, over all products."""
    require_page(request.user, "suppliers.see_all")
    page = ListPage(request, drifting_products(request.user))
    rows = [(drift, words.drift_title(drift), words.drift_sentences(drift)) for drift in page.page]
    return render(request, "inspections/ladder/drift_list.html", {"list": page, "rows": rows})
