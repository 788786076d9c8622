"""What was found in papers: the page beside the sentence, what people say about it, labels, and facts about products."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from compliance.models import Document, DocumentStatus, Evidence, Finding
from compliance.paper.forms.readings import FactsForm, FindingForm
from compliance.paper.page.checking import spot_of
from compliance.paper.page.readings import visible_findings
from compliance.paper.services.findings import check_label, confirm_sections, decide_finding, set_product_facts
from compliance.paper.services.reading import PageNotDrawn, page_picture, spot_picture
from compliance.reading.labels import elements_of
from suppliers.models import Product

ANSWERS = {"yes": True, "no": False}


@require_safe
def document_page(request: PageRequest, uid: UUID, number: int) -> HttpResponse:
    """One page as a picture: it runs nothing, whatever is in the file. A browser that has it is not sent it again."""
    documents = Document.objects.readable_by(request.user).filter(status=DocumentStatus.READY)
    document = get_object_or_404(documents, uid=uid)
    etag = f'"{document.sha256[:32]}-{number}"'
    if request.headers.get("If-None-Match") == etag:
        return _kept(HttpResponse(status=304), etag)
    try:
        content, content_type = page_picture(document, number)
    except PageNotDrawn:
        raise Http404 from None
    return _kept(HttpResponse(content, content_type=content_type), etag)


@require_safe
def finding_spot(request: PageRequest, uid: UUID) -> HttpResponse:
    """The part of the page on which something was found, as a picture."""
    related = ("evidence__document",)
    finding = get_object_or_404(visible_findings(request.user).select_related(*related), uid=uid)
    return spot_response(finding)


def spot_response(finding: Finding) -> HttpResponse:
    """Raises Http404 where nothing is known of a place, or its page cannot be drawn."""
    document, spot = finding.evidence.document, spot_of(finding)
    if spot is None or document.status != DocumentStatus.READY:
        raise Http404
    try:
        content = spot_picture(document, finding.page or 1, spot)
    except PageNotDrawn:
        raise Http404 from None
    return _kept(HttpResponse(content, content_type="image/png"), f'"{finding.fingerprint[:32]}"')


def _kept(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def finding_decide(request: PageRequest, uid: UUID) -> HttpResponse:
    finding = get_object_or_404(visible_findings(request.user).select_related("evidence"), uid=uid)
    require_page(request.user, "compliance.check_evidence")
    form = FindingForm(request.POST)
    if form.is_valid():
        try:
            decide_finding(
                finding=finding,
                overrule=form.cleaned_data["act"] == "overrule",
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=now(),
            )
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _("Say whether the finding is right."))
    return redirect(_findings(finding.evidence.uid))


def _findings(uid: UUID) -> str:
    return reverse("evidence-detail", args=[uid]) + "#findings"


@require_POST
def sections_confirm(request: PageRequest, uid: UUID) -> HttpResponse:
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), uid=uid)
    require_page(request.user, "compliance.check_evidence")
    said = {name.removeprefix("section-"): value for name, value in request.POST.items() if name.startswith("section-")}
    answers = {key: ANSWERS[answer] for key, answer in said.items() if answer in ANSWERS}
    where = request.POST.get("where", "")[:2000]
    try:
        confirm_sections(evidence=evidence, answers=answers, where=where, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept what you read in the manual."))
    return redirect(_findings(uid))


@require_POST
def label_check(request: PageRequest, uid: UUID) -> HttpResponse:
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user).select_related("requirement"), uid=uid)
    require_page(request.user, "compliance.check_evidence")
    said = {name: request.POST.get(f"element-{name}", "") for name in elements_of(evidence.requirement.fields)}
    answers = {name: ANSWERS[answer] for name, answer in said.items() if answer in ANSWERS}
    try:
        check_label(evidence=evidence, answers=answers, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept what you saw on the label."))
    return redirect(_findings(uid))


@require_POST
def product_facts(request: PageRequest, sku: str) -> HttpResponse:
    product = get_object_or_404(Product.objects.visible_to(request.user), sku=sku)
    require_page(request.user, "compliance.answer_traits")
    form = FactsForm(request.POST)
    if form.is_valid():
        try:
            set_product_facts(
                product=product,
                model_numbers=form.models("model_numbers"),
                battery_models=form.models("battery_models"),
                cosmetic_type=form.cleaned_data["cosmetic_type"],
                actor=request.user,
                at=now(),
            )
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Kept. Papers that wait were compared anew."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("product-compliance", sku)
