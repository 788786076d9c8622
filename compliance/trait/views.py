"""A product's compliance: its traits to answer, and the checklists of its markets."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from compliance.checklist.reads import listings_with_counts
from compliance.loosening.page import waiting_for
from compliance.models import Checklist
from compliance.trait.page import questions_of
from compliance.trait.services import answer_traits
from suppliers.models import Product

ANSWERS = {"yes": True, "no": False, "": None}


def product_compliance(request: PageRequest, sku: str) -> HttpResponse:
    products = Product.objects.visible_to(request.user).select_related("supplier", "category")
    product = get_object_or_404(products, sku=sku)
    may_answer = request.user.has_perm("compliance.answer_traits")
    questions = questions_of(product, at=now())
    if request.method == "POST":
        require_page(request.user, "compliance.answer_traits")
        sent = {question.trait.key: request.POST.get(f"trait-{question.trait.key}") for question in questions}
        answers = {key: ANSWERS[value] for key, value in sent.items() if value in ANSWERS}
        try:
            changes = answer_traits(product=product, answers=answers, actor=request.user, at=now())
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            count = len(changes)
            text = ngettext("%(count)s answer saved.", "%(count)s answers saved.", count) % {"count": count}
            messages.success(request, text if count else _("Nothing was changed."))
            if count and (mine := waiting_for(request.user, product=product).filter(asked_by=request.user).first()):
                return redirect("loosening-detail", mine.uid)
        return redirect("product-compliance", sku)
    context = {
        "product": product,
        "listings": listings_with_counts(product),
        "has_catalogue": Checklist.objects.filter(listing__product=product).exists(),
        "questions": questions,
        "open": sum(question.answer is None for question in questions),
        "may_answer": may_answer,
        "loosenings": waiting_for(request.user, product=product),
    }
    return render(request, "compliance/trait/product.html", context)
