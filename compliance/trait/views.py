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
from activity.transactions import one_transaction
from compliance.checklist.reads import listings_with_counts
from compliance.loosening.page import waiting_for
from compliance.models import Checklist
from compliance.trait.page import Question, questions_of
from compliance.trait.services import answer_traits, ask_supplier, say_traits
from suppliers.models import Product

ANSWERS = {"yes": True, "no": False, "": None}


def product_compliance(request: PageRequest, sku: str) -> HttpResponse:
    products = Product.objects.visible_to(request.user).select_related("supplier", "category")
    product = get_object_or_404(products, sku=sku)
    may_answer = request.user.has_perm("compliance.answer_traits")
    questions = questions_of(product, at=now())
    if request.method == "POST":
        if not may_answer:
            return _say(request, product, questions)
        sent = {question.trait.key: request.POST.get(f"trait-{question.trait.key}") for question in questions}
        answers = {key: ANSWERS[value] for key, value in sent.items() if value in ANSWERS}
        try:
            with one_transaction():
                changes = answer_traits(product=product, answers=answers, actor=request.user, at=now())
                unknown = [key for key, value in sent.items() if value == "ask"]
                asked = ask_supplier(product=product, traits=unknown, actor=request.user, at=now())
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            _tell(request, len(changes), len(asked))
            if changes and (mine := waiting_for(request.user, product=product).filter(asked_by=request.user).first()):
                return redirect("loosening-detail", mine.uid)
        return redirect("product-compliance", sku)
    context = {
        "product": product,
        "listings": listings_with_counts(product),
        "has_catalogue": Checklist.objects.filter(listing__product=product).exists(),
        "questions": questions,
        "asked": sum(question.is_asked for question in questions),
        "open": sum(question.answer is None for question in questions),
        "may_answer": may_answer,
        "loosenings": waiting_for(request.user, product=product),
    }
    return render(request, "compliance/trait/product.html", context)


def _say(request: PageRequest, product: Product, questions: list[Question]) -> HttpResponse:
    """What the supplier says to what it was asked. An answer in the team's place is refused, and never passed over."""
    require_page(request.user, "compliance.upload_evidence")
    if any(name.startswith("trait-") for name in request.POST):
        require_page(request.user, "compliance.answer_traits")
    mine = [question.trait.key for question in questions if question.is_asked]
    sent = {key: request.POST.get(f"say-{key}") for key in mine}
    answers = {key: value == "yes" for key, value in sent.items() if value in ("yes", "no")}
    if not answers:
        messages.error(request, _("Nothing was answered. Choose yes or no for what you know."))
        return redirect("product-compliance", product.sku)
    try:
        say_traits(product=product, answers=answers, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. Your answers were passed on."))
    return redirect("product-compliance", product.sku)


def _tell(request: PageRequest, changes: int, asked: int) -> None:
    if changes:
        text = ngettext("%(count)s answer saved.", "%(count)s answers saved.", changes) % {"count": changes}
        messages.success(request, text)
    if asked:
        text = ngettext(
            "The supplier is asked %(count)s question.", "The supplier is asked %(count)s questions.", asked
        )
        messages.success(request, text % {"count": asked})
    if not changes and not asked:
        messages.success(request, _("Nothing was changed."))
