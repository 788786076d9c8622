"""The gauges of a product: what is known of them, and a new study."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from inspections.gauge import words
from inspections.gauge.forms import StudyForm
from inspections.gauge.services import record_study
from inspections.models import Characteristic, SpecificationStatus
from suppliers.models import Product


@require_http_methods(["GET", "HEAD", "POST"])
def product_gauges(request: PageRequest, sku: str) -> HttpResponse:
    """What is known of each gauge, the newest study of each characteristic; a POST records one. For the team alone."""
    product = get_object_or_404(Product.objects.visible_to(request.user).select_related("supplier"), sku=sku)
    require_page(request.user, "suppliers.see_all")
    if request.method == "POST":
        require_page(request.user, "inspections.inspect")
    characteristics = {
        each.code: each
        for each in Characteristic.objects.filter(
            specification__product=product, specification__status=SpecificationStatus.ACTIVE
        ).order_by("position")
    }
    choices = [(code, f"{code} {each.local_name}") for code, each in characteristics.items()]
    initial = {"done_on": localdate(), "characteristic": request.GET.get("characteristic", "")}
    form = StudyForm(request.POST or None, choices=choices, initial=initial)

    def record() -> None:
        rows, known = form.cleaned_data["rows"]
        record_study(
            product=product,
            code=form.cleaned_data["characteristic"],
            gauge=form.cleaned_data["gauge"],
            rows=rows,
            reference=known,
            done_on=form.cleaned_data["done_on"],
            note=form.cleaned_data["note"],
            actor=request.user,
            at=now(),
        )

    if carried_out(form, request.user, record):
        messages.success(request, _("Stored: the newest study of a characteristic counts."))
        return redirect("product-gauges", sku)
    studies = product.gauge_studies.newest_of_each().select_related("recorded_by")
    context = {
        "product": product,
        "studies": [
            {
                "study": study,
                "name": characteristics[study.code].local_name if study.code in characteristics else study.code,
                "said": words.sentences(study),
                "tone": words.tone(study),
            }
            for study in studies
        ],
        "form": form,
        "may_record": request.user.has_perm("inspections.inspect") and bool(choices),
    }
    return render(request, "inspections/gauge/product.html", context)
