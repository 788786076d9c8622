"""Papers: what waits, what is wanted, one paper with its document, and the documents themselves."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage, address
from activity.transactions import one_transaction
from compliance.checklist.services import Chains, paper_of
from compliance.checklist.words import why_anew
from compliance.models import (
    Document,
    Evidence,
    EvidenceState,
    LookupResult,
    Reading,
    ReadingStatus,
    Requirement,
)
from compliance.paper.forms.papers import (
    ActForm,
    DocumentFilters,
    EvidenceFilters,
    EvidenceForm,
    LookupForm,
    ReasonForm,
    UploadForm,
)
from compliance.paper.page.papers import documents, is_uuid, listings_wanting, papers, to_check, wanted, with_clear
from compliance.paper.reads import Tables, models_of
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import (
    accept_evidence,
    check_evidence,
    record_lookup,
    refuse_evidence,
    revoke_evidence,
    submit_evidence,
)
from compliance.paper.services.files import ACTIVE
from compliance.paper.services.proposals import pages_of, proposed
from compliance.rules.requirements import validity
from compliance.waiver.page import waivers_to_sign
from suppliers.models import Listing, Supplier

INLINE = {"image/jpeg", "image/png", "image/webp"}  # anything else is saved: it was sent by strangers


@require_safe
def evidence_list(request: PageRequest) -> HttpResponse:
    """What waits for who looks, what is wanted from them, or all papers."""
    user = request.user
    search = EvidenceFilters.of_page(request, papers(user))
    counts = {"check": to_check(user).order_by().count(), "wanted": wanted(user).order_by().count()}
    views = [("check", _("Wait for you")), ("wanted", _("Wanted from you")), ("all", _("All papers"))]
    may = {"check": user.has_perm("compliance.check_evidence"), "wanted": bool(counts["wanted"]), "all": True}
    first = next((name for name in ("check", "wanted") if counts[name]), "all")
    asked = "all" if any(search.chosen.values()) else first
    show = request.GET.get("show", asked)
    show = show if show in may else asked
    sources = {"check": lambda user: with_clear(to_check(user)), "wanted": wanted}
    rows = sources.get(show, lambda user: search.qs)(user)
    tabs = [
        {"label": label, "url": address(request, show=name), "count": counts.get(name), "current": name == show}
        for name, label in views
        if may[name]
    ]
    context = {
        "show": show,
        "tabs": tabs,
        "search": search.form,
        "chosen": search.chosen,
        "list": ListPage(request, rows),
        "waivers": waivers_to_sign(user),
    }
    return render(request, "compliance/paper/evidence_list.html", context)


def find_evidence(user: User, uid: UUID) -> Evidence:
    return get_object_or_404(papers(user), uid=uid)


def evidence_create(request: PageRequest) -> HttpResponse:
    """Bring a paper for one requirement of a listing, and of others that want the same."""
    user = request.user
    require_page(user, "compliance.upload_evidence")
    if "requirement" not in request.GET:
        return redirect("evidence-list")
    requirement = get_object_or_404(Requirement, key=request.GET["requirement"])
    sku, _colon, market = request.GET.get("listing", "").rpartition(":")
    listing = get_object_or_404(
        Listing.objects.visible_to(user).select_related("product__supplier", "market"),
        product__sku=sku,
        market__code=market,
    )
    supplier = listing.product.supplier
    asked = request.GET.get("document", "")
    readable = Document.objects.readable_by(user).filter(supplier=supplier)
    document = readable.filter(uid=asked).first() if is_uuid(asked) else None
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        requirement=requirement,
        listings=listings_wanting(user, listing, requirement.key),
        documents=readable.order_by("-id"),
        initial={
            "listings": [listing.pk],
            "model_numbers": ", ".join(models_of(listing.product)) or sku,
            "document": document and document.uid,
        },
    )
    kept = None
    if request.method == "POST":
        try:
            kept = _keep_file(form, supplier, user)
            if kept and "read" in request.POST:
                return redirect(f"{request.path}?{_asked_with(request, kept)}")
            if "read" not in request.POST and form.is_valid():
                evidence = _submit(form, requirement, kept or form.cleaned_data["document"], user)
                messages.success(request, _("The paper is handed in. QC checks it next."))
                return redirect("evidence-detail", evidence.uid) if evidence else redirect("evidence-list")
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    if kept:
        form.choose(kept)
    shown = kept or document
    pages = pages_of(shown) if shown else []
    if pages:
        form.fill(proposed(pages, requirement, [listing], Tables()))
    context = {
        "form": form,
        "requirement": requirement,
        "listing": listing,
        "kept": kept,
        "is_read": bool(pages),
        "is_being_read": shown is not None and not pages and not _was_read(shown),
    }
    return render(request, "compliance/paper/evidence_create.html", context)


def _was_read(document: Document) -> bool:
    """Whether nobody will read it any more: done, or unreadable."""
    return Reading.objects.filter(document=document).exclude(status=ReadingStatus.WAITING).exists()


def _asked_with(request: PageRequest, document: Document) -> str:
    asked = request.GET.copy()
    asked["document"] = str(document.uid)
    return asked.urlencode()


def _keep_file(form: EvidenceForm, supplier: Supplier, actor: User) -> Document | None:
    """The file that came with a form, kept whatever else is wrong with the form: nobody uploads it twice."""
    file = form.files.get("file")
    if file is None or "file" in form.errors:
        return None
    return upload_document(supplier=supplier, file=file, actor=actor, at=now())


def _submit(form: EvidenceForm, requirement: Requirement, document: Document | None, actor: User) -> Evidence | None:
    """The new paper; None when this form was sent before."""
    data = form.cleaned_data
    if document is None:
        raise InvalidInput.one("file", "required", _("Choose a file, or a document that is here already."))
    with one_transaction():
        if not form.claim(actor):
            return None
        return submit_evidence(
            document=document,
            requirement=requirement,
            listings=data["listings"],
            paper=form.paper,
            actor=actor,
            at=now(),
        )


@require_safe
def evidence_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    return _render_evidence(request, find_evidence(request.user, uid))


def _render_evidence(
    request: PageRequest, evidence: Evidence, *, reason: ReasonForm | None = None, lookup: LookupForm | None = None,
    refusal: RuleBroken | None = None,
) -> HttpResponse:  # fmt: skip
    user, chains = request.user, Chains()
    rule, paper = evidence.requirement.rule, paper_of(evidence)
    listings: list[Any] = list(evidence.listings.all())
    for listing in listings:
        listing.limits = validity(rule, paper, chains.markets[listing.market_id]).limits
    may_check = user.has_perm("compliance.check_evidence")
    is_own = user.pk in (evidence.submitted_by_id, evidence.document.uploaded_by_id)
    is_second = not evidence.is_blocking or (evidence.checked_by_id not in (None, user.pk))
    is_open = evidence.state in (EvidenceState.SUBMITTED, EvidenceState.CHECKED)
    same_document = papers(user).filter(document=evidence.document)
    same_number = papers(user).filter(~Q(number=""), number=evidence.number)
    context = {
        "evidence": evidence,
        "document": evidence.document,
        "requirement": evidence.requirement,
        "listings": listings,
        "others": (same_document | same_number).exclude(pk=evidence.pk)[:10],
        "lookups": evidence.lookups.select_related("looked_up_by", "screenshot").order_by("-id"),
        "may_read": Document.objects.readable_by(user).filter(pk=evidence.document_id).exists(),
        "is_shown": _may_be_shown(evidence.document),
        "may_check": may_check and not is_own and evidence.state == EvidenceState.SUBMITTED,
        "may_accept": may_check and not is_own and is_open and is_second,
        "may_refuse": may_check and not is_own and is_open,
        "may_revoke": may_check and evidence.state == EvidenceState.ACCEPTED,
        "may_look_up": may_check,
        "is_own": may_check and is_own and is_open,
        "waits_for_second": may_check and is_open and evidence.is_blocking and evidence.checked_by_id == user.pk,
        "act": ActForm(),
        "reason": reason or ReasonForm(),
        "lookup": lookup or LookupForm(evidence=evidence),
        "refusal": refusal,
        "reopened_why": is_open and evidence.reopened_at and (why_anew(evidence.reopened_why) or "–"),
    }
    return render(request, "compliance/paper/evidence_detail.html", context)


@require_POST
def evidence_act(request: PageRequest, uid: UUID, act: str) -> HttpResponse:
    """Check, accept, refuse or revoke a paper."""
    evidence = find_evidence(request.user, uid)
    require_page(request.user, "compliance.check_evidence")
    services = {"check": check_evidence, "accept": accept_evidence}
    with_reason = {"refuse": refuse_evidence, "revoke": revoke_evidence}
    if act not in {**services, **with_reason}:
        raise Http404
    form = (ReasonForm if act in with_reason else ActForm)(request.POST)
    if not form.is_valid():
        return _render_evidence(request, evidence, reason=form if isinstance(form, ReasonForm) else None)
    said = {"reason": form.cleaned_data["reason"]} if act in with_reason else {}
    try:
        with one_transaction():
            if form.claim(request.user):
                (services | with_reason)[act](evidence=evidence, **said, actor=request.user, at=now())
    except RuleBroken as refusal:
        return _render_evidence(request, find_evidence(request.user, uid), refusal=refusal)
    done = {
        "check": _("Checked. A second person accepts it."),
        "accept": _("Accepted."),
        "refuse": _("Refused. Its supplier sees why."),
        "revoke": _("Revoked. What rested on it is open again."),
    }
    messages.success(request, done[act])
    return redirect("evidence-detail", uid)


@require_POST
def evidence_lookup(request: PageRequest, uid: UUID) -> HttpResponse:
    evidence = find_evidence(request.user, uid)
    require_page(request.user, "compliance.check_evidence")
    form = LookupForm(request.POST, request.FILES, evidence=evidence)
    if form.is_valid():
        data, user = form.cleaned_data, request.user
        try:
            screenshot = None
            if data["screenshot"]:
                file, supplier = data["screenshot"], evidence.document.supplier
                screenshot = upload_document(supplier=supplier, file=file, actor=user, at=now())
            with one_transaction():
                if form.claim(user):
                    record_lookup(
                        evidence=evidence,
                        register=data["register"],
                        number=data["number"],
                        result=LookupResult(data["result"]),
                        note=data["note"],
                        screenshot=screenshot,
                        actor=user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Noted who looked it up, and when."))
            return redirect("evidence-detail", uid)
    return _render_evidence(request, evidence, lookup=form)


@require_safe
def document_list(request: PageRequest) -> HttpResponse:
    asked = DocumentFilters.of_page(request, documents(request.user))
    context = {"list": ListPage(request, asked.qs), "chosen": asked.chosen}
    return render(request, "compliance/paper/document_list.html", context)


def document_create(request: PageRequest) -> HttpResponse:
    user = request.user
    require_page(user, "compliance.upload_evidence")
    suppliers = Supplier.objects.visible_to(user).order_by("code")
    form = UploadForm(request.POST or None, request.FILES or None, suppliers=suppliers)
    if request.method == "POST" and form.is_valid():
        kept = _keep_files(form, user)
        if len(kept) == 1 and not form.errors:
            return redirect("document-detail", kept[0].uid)
        if kept and not form.errors:
            return redirect("sorting-list")
    return render(request, "compliance/paper/document_create.html", {"form": form})


def _keep_files(form: UploadForm, actor: User) -> list[Document]:
    """Those that can be kept; of the others the form says by name what is wrong with them."""
    kept = []
    for file in form.cleaned_data["file"]:
        try:
            kept.append(upload_document(supplier=form.cleaned_data["supplier"], file=file, actor=actor, at=now()))
        except RuleBroken as refusal:
            form.add_error(None, f"{file.name}: {refusal}")
    return kept


@require_safe
def document_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    document = get_object_or_404(documents(request.user), uid=uid)
    context = {
        "document": document,
        "uses": papers(request.user).filter(document=document),
        "may_read": Document.objects.readable_by(request.user).filter(pk=document.pk).exists(),
        "is_shown": _may_be_shown(document),
        "wanted": wanted(request.user).filter(listing__product__supplier=document.supplier)[:50],
    }
    return render(request, "compliance/paper/document_detail.html", context)


def _may_be_shown(document: Document) -> bool:
    return document.content_type in INLINE and not ACTIVE.intersection(document.problems)


@require_safe
def document_file(request: PageRequest, uid: UUID) -> FileResponse:
    """The file itself: pictures open in the browser where that is safe, anything else is saved."""
    document = get_object_or_404(Document.objects.readable_by(request.user), uid=uid)
    return file_response(document, as_attachment="download" in request.GET)


def file_response(document: Document, *, as_attachment: bool) -> FileResponse:
    """The file, never shown in place where that is not safe; nothing in it may run or load anything."""
    response = FileResponse(
        document.file.open("rb"),
        as_attachment=as_attachment or not _may_be_shown(document),
        filename=document.name,
        content_type=document.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
