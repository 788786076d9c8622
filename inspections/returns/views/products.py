"""What came back of a product: reasons, batches, what should have caught it, and what it proposes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from inspections.models import Batch, Characteristic, ComplaintPoint, Proposal, ProposalKind, ProposalStatus
from inspections.returns.forms import BatchCodesForm, CatchesForm, DismissForm
from inspections.returns.page import (
    escapes_by_characteristic,
    find_returns,
    namer,
    returns_by_batch,
    tally,
    top_reasons,
)
from inspections.returns.services.catches import active_characteristics_of, set_catches
from inspections.returns.services.proposals import accept_proposal, dismiss_proposal
from inspections.returns.services.tracing import add_batch_codes, no_such_batch
from inspections.returns.words import evidence_sentence, number, proposal_title
from inspections.rules.escapes import Evidence
from suppliers.models import Product

SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
def product_returns(request: PageRequest, sku: str) -> HttpResponse:
    """A POST settles what should catch which complaint, or says what stands on a batch (`do`)."""
    product = get_object_or_404(Product.objects.visible_to(request.user).select_related("supplier"), sku=sku)
    sees_all = request.user.has_perm("suppliers.see_all")
    found = find_returns(request.user, product=product.sku)
    characteristics = active_characteristics_of([product.pk]).get(product.pk, [])
    catches = {each.complaint: each for each in product.catches.all()}
    points = list(ComplaintPoint.objects.filter(code__in=catches).select_related("parent"))
    posted = request.POST if request.method == "POST" else None
    does = request.POST.get("do", "")
    catches_form = CatchesForm(
        posted if does == "catches" else None,
        points=points, characteristics=characteristics,
        catches={code: each.characteristic for code, each in catches.items()},
    )  # fmt: skip
    codes_form = BatchCodesForm(posted if does == "codes" else None)
    form = catches_form if does == "catches" else codes_form
    if posted is not None:
        require_page(request.user, "inspections.specify" if does == "catches" else "inspections.report_returns")
        if form.is_valid():
            try:
                said = _save(request, product, form)
            except RuleBroken as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, said)
                return redirect("product-returns", product.sku)
    proposals = _proposals(product, characteristics) if sees_all else []
    context = {
        "product": product,
        "tally": tally(found),
        "top": top_reasons(found, most=SHOWN),
        "batches": returns_by_batch(found)[:SHOWN],
        "unknown": found.filter(batch=None).count(),
        "catches": [(catches_form[point.code], catches[point.code]) for point in points],
        "escapes": _by_characteristic(product, request, characteristics),
        "catches_form": catches_form,
        "codes_form": codes_form,
        "proposals": proposals,
        "has_decided": any(row["proposal"].status != ProposalStatus.OPEN for row in proposals),
        "dismiss_form": DismissForm(),
        "may_specify": request.user.has_perm("inspections.specify"),
        "may_report": request.user.has_perm("inspections.report_returns"),
    }
    return render(request, "inspections/returns/product.html", context, status=400 if posted is not None else 200)


def _save(request: PageRequest, product: Product, form: CatchesForm | BatchCodesForm) -> str:
    """What was done, in words. Raises RuleBroken."""
    if isinstance(form, CatchesForm):
        set_catches(product=product, catches=form.cleaned_data, actor=request.user, at=now())
        return _("It is settled what should catch which complaint.")
    number_sent = form.cleaned_data["batch"].strip()
    batch = Batch.objects.visible_to(request.user).filter(product=product, number=number_sent).first()
    if batch is None:
        raise InvalidInput.one("batch", "unknown_batch", no_such_batch(number_sent, product.sku))
    found = add_batch_codes(
        batch=batch, kind=form.cleaned_data["kind"], codes=form.cleaned_data["codes"], actor=request.user, at=now()
    )
    text = ngettext(
        "Noted. It leads %(count)s return to its batch.", "Noted. It leads %(count)s returns to their batch.", found
    )
    return text % {"count": number(found)}


def _by_characteristic(product: Product, request: PageRequest, characteristics: list[Characteristic]) -> list:
    counts = escapes_by_characteristic(product, request.user)
    rows = [(each, counts[each.code]) for each in characteristics if counts.get(each.code)]
    return sorted(rows, key=lambda row: -row[1])


def _proposals(product: Product, characteristics: list[Characteristic]) -> list[dict]:
    """Open ones first, then those that were decided, newest first."""
    found = list(product.proposals.select_related("decided_by").order_by("-id")[:SHOWN])
    found.sort(key=lambda each: each.status != ProposalStatus.OPEN)
    point = namer("complaint", {each.subject for each in found if each.kind == ProposalKind.ADD_CHARACTERISTIC})
    names = {c.code: c.local_name for c in characteristics}
    rows = []
    for each in found:
        is_raise = each.kind == ProposalKind.RAISE_CLASS
        name = names.get(each.subject, each.subject) if is_raise else point(each.subject)
        rows.append(
            {
                "proposal": each,
                "title": proposal_title(each, name),
                "evidence": evidence_sentence(Evidence(**each.evidence)),
                "query": f"characteristic={each.subject}" if is_raise else f"complaint={each.subject}",
            }
        )
    return rows


def _find(request: PageRequest, uid: UUID) -> Proposal:
    """Not yours is not there; a supplier's own is not for it to decide."""
    products = Product.objects.visible_to(request.user)
    proposal = get_object_or_404(Proposal.objects.filter(product__in=products).select_related("product"), uid=uid)
    require_page(request.user, "inspections.specify")
    return proposal


@require_POST
def proposal_accept(request: PageRequest, uid: UUID) -> HttpResponse:
    """Draft what is proposed, and go to the draft."""
    proposal = _find(request, uid)
    try:
        accept_proposal(proposal=proposal, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("product-returns", proposal.product.sku)
    messages.success(request, _("It is in the draft. Read it, then activate it."))
    return redirect("specification-edit", proposal.product.sku)


@require_POST
def proposal_dismiss(request: PageRequest, uid: UUID) -> HttpResponse:
    proposal = _find(request, uid)
    try:
        dismiss_proposal(proposal=proposal, reason=request.POST.get("reason", ""), actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Dismissed. It is proposed again only with twice as much evidence."))
    return redirect("product-returns", proposal.product.sku)
