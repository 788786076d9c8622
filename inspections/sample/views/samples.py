"""Samples: the list, receiving one, checking it, deciding on it, its label."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage, address
from activity.queries import story_of
from inspections.charts.qr import qr_code
from inspections.models import Sample, SampleStatus
from inspections.sample.forms import (
    DetailsForm,
    PlaceForm,
    ReceiveForm,
    SampleDecisionForm,
    SampleFilters,
    SampleReasonForm,
    SampleSignatureForm,
    WithdrawalForm,
)
from inspections.sample.page.lists import confirmations, confirmed_by, samples_for_pages
from inspections.sample.page.sheets import lines_to_check, sheet_of_sample
from inspections.sample.reads import golden_sample
from inspections.sample.services.further import digest_of_further
from inspections.sample.services.samples import (
    ApprovalInput,
    change_sample,
    decide_sample,
    digest_of_decision,
    digest_of_withdrawal,
    doubts_of,
    is_checked_by,
    move_sample,
    receive_sample,
)
from inspections.sample.words import lack_words
from suppliers.models import Product
from suppliers.story import told

asks_and_takes = require_http_methods(["GET", "HEAD", "POST"])
# What the page itself shows above its story.
SHOWN_ABOVE = ("sample.check_recorded", "sample.drop_recorded", "photo.added", "sample.checked_further")
# What a supplier reads of the story of its sample: the outcome of the checks, not each keystroke.
SHOWN_TO_SUPPLIERS = (
    "sample.received", "sample.checked", "sample.approved", "sample.refused", "sample.cancelled", "sample.withdrawn",
)  # fmt: skip


def find_sample(request: PageRequest, uid: UUID) -> Sample:
    samples = samples_for_pages(request.user).select_related("received_by", "checked_by", "decided_by")
    return get_object_or_404(samples, uid=uid)


@require_safe
def sample_list(request: PageRequest) -> HttpResponse:
    asked = SampleFilters.of_page(request, samples_for_pages(request.user).order_by("-id"))
    chosen = asked.chosen
    tones = [
        (_("All"), "", ""),
        (_("Being checked"), "received", "waiting"),
        (_("To decide"), "checked", "warning"),
        (_("Approved"), "approved", "accepted"),
        (_("Refused"), "refused", "stopped"),
        (_("Withdrawn"), "withdrawn", "stopped"),
    ]
    chips = [
        {
            "label": label,
            "url": address(request, status=status or None),
            "state": tone,
            "current": chosen["status"] == status,
        }
        for label, status, tone in tones
    ]
    page = ListPage(request, asked.qs)
    context = {"chosen": chosen, "chips": chips, "list": page, "confirmed": confirmations(page.page.object_list)}
    return render(request, "inspections/sample/list.html", context)


@require_safe
def product_samples(request: PageRequest, sku: str) -> HttpResponse:
    """The samples of one product: its golden sample, and the way there."""
    products = Product.objects.visible_to(request.user).select_related("supplier")
    product = get_object_or_404(products, sku=sku)
    samples = list(samples_for_pages(request.user).filter(product=product).order_by("-id"))
    standing = golden_sample(product)
    golden = next((sample for sample in samples if sample == standing), None)
    context = {
        "product": product,
        "samples": samples,
        "golden": golden,
        "lacking": [lack | {"words": lack_words(lack)} for lack in golden.lacking] if golden else [],
        "is_expired": getattr(golden, "has_run_out", False),
        "sheet": sheet_of_sample(golden) if golden else None,
        "confirmed": confirmations(samples),
        "confirmation": confirmed_by(golden) if golden else None,
        "open_sample": next((sample for sample in samples if not sample.is_decided), None),
    }
    return render(request, "inspections/sample/product.html", context)


@asks_and_takes
def sample_create(request: PageRequest) -> HttpResponse:
    require_page(request.user, "inspections.check_sample")
    initial = {"product": request.GET.get("product", "")}
    form = ReceiveForm(request.POST or None, initial=initial, user=request.user)
    if carried_out(
        form,
        request.user,
        lambda: receive_sample(
            product=form.cleaned_data["product"], details=form.details, actor=request.user, at=now()
        ),
    ):
        sample = form.cleaned_data["product"].samples.latest("id")
        messages.success(request, _("Sample %(code)s is received. Now check it.") % {"code": sample.code})
        return redirect("sample-check", sample.uid)
    return render(request, "inspections/sample/form.html", {"form": form})


@asks_and_takes
def sample_edit(request: PageRequest, uid: UUID) -> HttpResponse:
    """Measures, colour, barcode, label, seal and place, while the sample is being checked."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.check_sample")
    if sample.status != SampleStatus.RECEIVED:
        return redirect("sample-detail", uid)
    form = DetailsForm(request.POST or None, initial=DetailsForm.initial_of(sample))
    if carried_out(
        form, request.user, lambda: change_sample(sample=sample, details=form.details, actor=request.user, at=now())
    ):
        return redirect("sample-check", uid)
    return render(request, "inspections/sample/form.html", {"form": form, "sample": sample})


@require_safe
def sample_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    return render_sample(request, find_sample(request, uid), SampleDecisionForm())


def render_sample(
    request: PageRequest,
    sample: Sample,
    form: SampleDecisionForm,
    *,
    forms: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`forms` are those of its other acts that were sent in vain, by the name of the act."""
    user = request.user
    sees_all = user.has_perm("suppliers.see_all")
    story = story_of(sample.stream).filter(data__sample=str(sample.uid)).exclude(kind__in=SHOWN_ABOVE)
    if not sees_all:
        story = story.filter(kind__in=SHOWN_TO_SUPPLIERS)
    rounds = sample.product.samples.filter(series=sample.series).exclude(pk=sample.pk).order_by("round")
    golden = golden_sample(sample.product)
    is_open = sample.status in (SampleStatus.RECEIVED, SampleStatus.CHECKED)
    may_decide = is_open and user.has_perm("inspections.decide_sample")
    further = list(sample.further_checks.select_related("characteristic", "recorded_by", "signed_by").order_by("id"))
    context = {
        "sample": sample,
        "product": sample.product,
        "sheet": sheet_of_sample(sample),
        "rounds": rounds,
        "is_golden": golden == sample,
        "golden": golden,
        "confirmation": confirmed_by(sample),
        "story": told(user, story),
        "form": form,
        "place_form": PlaceForm(initial={"kept_at": sample.kept_at, "kept_until": sample.kept_until}),
        "may_decide": may_decide,
        "in_vain": form.is_bound and not may_decide,
        "is_checker": is_checked_by(sample, user),
        "is_open": is_open,
        "doubts": doubts_of(sample) if may_decide else [],
        "lacking": [lack | {"words": lack_words(lack)} for lack in sample.lacking],
        "to_check": lines_to_check(sample) if golden == sample and user.has_perm("inspections.check_sample") else [],
        "further": further,
        "unsigned": [each for each in further if not each.signed_at],
        "cancel_form": SampleReasonForm(),
        "withdraw_form": WithdrawalForm(),
        "further_sign_form": SampleSignatureForm(),
        "digest": digest_of_decision(sample) if may_decide else "",
        "withdraw_digest": digest_of_withdrawal(sample),
        "further_digest": digest_of_further(sample) if further else "",
    } | dict(forms or {})
    return render(request, "inspections/sample/detail.html", context, status=status)


@asks_and_takes
def sample_decide(request: PageRequest, uid: UUID) -> HttpResponse:
    """Sign a decision. A GET comes from signing in on the way."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.decide_sample")
    if request.method != "POST":
        return redirect("sample-detail", uid)
    form = SampleDecisionForm(request.POST)

    def decide() -> None:
        data = form.cleaned_data
        decide_sample(
            sample=sample,
            decision=data["decision"],
            reason=data["reason"],
            signature="password",
            # Without scripts or not: what the page did not ask is not confirmed.
            asked=ApprovalInput(data["confirmed"], data["damage_note"]),
            digest=data["digest"],
            actor=request.user,
            at=now(),
        )

    if carried_out(form, request.user, decide):
        messages.success(request, _("Signed. The decision stands on the record."))
        return redirect("sample-detail", uid)
    return render_sample(request, find_sample(request, uid), form)


@require_POST
def sample_move(request: PageRequest, uid: UUID) -> HttpResponse:
    """Say where the physical sample is kept now."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.check_sample")
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            move_sample(sample=sample, **form.cleaned_data, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("sample-detail", uid)
    return render_sample(request, sample, SampleDecisionForm(), forms={"place_form": form})


@require_safe
def sample_label(request: PageRequest, uid: UUID) -> HttpResponse:
    """A label to print and to tie to the physical sample; its code leads to the page of the record."""
    sample = find_sample(request, uid)
    require_page(request.user, "suppliers.see_all")
    url = request.build_absolute_uri(reverse("sample-detail", args=[uid]))
    context = {"sample": sample, "url": url, "qr_code": qr_code(url)}
    return render(request, "inspections/sample/label.html", context)
