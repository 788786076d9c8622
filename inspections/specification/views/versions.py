"""A page per version, and the activation of a draft."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from inspections.gauge.reads import studies_of
from inspections.models import (
    Batch,
    BatchState,
    Characteristic,
    Specification,
    SpecificationStatus,
)
from inspections.specification import words
from inspections.specification.forms.signatures import SignatureForm
from inspections.specification.page import open_inspections, specifications_of, version_before
from inspections.specification.services.comparison import digest_of
from inspections.specification.services.versions import (
    DrafterMayNotSign,
    WaitsForSignature,
    activate_specification,
    sign_specification,
)
from inspections.specification.views.find import EXAMPLE_LOT, asks_and_takes, find_product, find_version


def _described(specification: Specification, before: Specification | None) -> dict:
    """What the page of a version and its confirmation both show."""
    characteristics = [
        (c, words.limits(c), words.how_judged(c), words.how_sampled(c)) for c in specification.characteristics.all()
    ]
    return {
        "specification": specification,
        "product": specification.product,
        "characteristics": characteristics,
        "scheme": words.scheme_sentences(specification.scheme),
        "example": words.example(specification, EXAMPLE_LOT),
        "lot": EXAMPLE_LOT,
        "before": before,
        "changes": words.changes(before, specification),
    }


def may_sign(user: User, specification: Specification) -> bool:
    is_second = specification.drafted_by_id != user.pk
    return specification.waits_for_signature and is_second and user.has_perm("inspections.decide_hold")


@require_safe
def specification_detail(request: PageRequest, sku: str, version: int) -> HttpResponse:
    specification = find_version(request, sku, version)
    if specification.version != version:
        return redirect("specification-detail", sku, specification.version)
    before = version_before(specification, request.user)
    context = _described(specification, before) | {
        "may_edit": request.user.has_perm("inspections.specify"),
        "may_sign": may_sign(request.user, specification),
        "gauges": studies_of(specification.product, request.user),
    }
    return render(request, "inspections/specification/detail.html", context)


@require_safe
def reference_picture(request: PageRequest, sku: str, version: int, code: str) -> HttpResponse:
    """The picture of one characteristic. It is private, and its address never shows another one once active."""
    specification = get_object_or_404(specifications_of(find_product(request, sku), request.user), version=version)
    characteristic = get_object_or_404(Characteristic, specification=specification, code=code)
    name = characteristic.picture.name
    if not name or not default_storage.exists(name):
        raise Http404
    is_final = specification.status != SpecificationStatus.DRAFT
    with default_storage.open(name) as file:
        return HttpResponse(
            file.read(),
            content_type="image/jpeg",
            headers={"Cache-Control": "private, max-age=86400" if is_final else "private, no-cache"},
        )


@asks_and_takes
def specification_activate(request: PageRequest, sku: str, version: int) -> HttpResponse:
    """Say what changes for the next inspection, and make the draft the version in force."""
    specification = find_version(request, sku, version)
    require_page(request.user, "inspections.specify")
    refusal = None
    if request.method == "POST":
        try:
            activate_specification(
                specification=specification,
                actor=request.user,
                at=now(),
                digest=request.POST.get("digest"),
            )
        except RuleBroken as error:
            refusal = error.detail
        else:
            messages.success(request, _("Version %(version)s is active.") % {"version": specification.version})
            return redirect("specification-detail", sku, specification.version)
    elif specification.status != SpecificationStatus.DRAFT or specification.version != version:
        return redirect("specification-detail", sku, specification.version)
    return _confirmation(request, specification, refusal=refusal)


@asks_and_takes
def specification_sign(request: PageRequest, sku: str, version: int) -> HttpResponse:
    """Say what a draft loosens, and take the second signature with which it is in force."""
    specification = find_version(request, sku, version)
    require_page(request.user, "inspections.decide_hold")
    form = SignatureForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: sign_specification(
            specification=specification,
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=request.POST.get("digest", ""),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed. Version %(version)s is active.") % {"version": specification.version})
        return redirect("specification-detail", sku, specification.version)
    if request.method != "POST" and (
        specification.status != SpecificationStatus.DRAFT or specification.version != version
    ):
        return redirect("specification-detail", sku, specification.version)
    return _confirmation(request, specification, form=form)


def _confirmation(
    request: PageRequest,
    specification: Specification,
    *,
    refusal: object = None,
    form: SignatureForm | None = None,
) -> HttpResponse:
    """What changes for the next inspection, and the button or the signature that makes it so."""
    if form is None and may_sign(request.user, specification):
        form = SignatureForm()
    before = version_before(specification, request.user)
    context = _described(specification, before) | {
        "refusal": refusal,
        "form": form,
        "who_signs": WaitsForSignature.detail
        if specification.drafted_by_id != request.user.pk
        else DrafterMayNotSign.detail,
        "may_sign": may_sign(request.user, specification),
        "digest": digest_of(specification),
        "example_before": words.example(before, EXAMPLE_LOT) if before else None,
        "open_count": open_inspections(specification.product).count(),
        "awaiting_count": Batch.objects.filter(product=specification.product, state=BatchState.AWAITING).count(),
    }
    return render(request, "inspections/specification/activate.html", context)
