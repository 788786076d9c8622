from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.lists import ListPage, address
from inspections.calculator.words.sampling import units
from inspections.hold.forms import (
    CountersignForm,
    DecisionForm,
    HoldFilters,
    HoldPlaceForm,
    OrderForm,
    RespondForm,
)
from inspections.hold.page import (
    answers_to,
    find_holds,
    found_in,
    quantity_links,
    released_together,
    risk_of,
    story_of_hold,
    way_out,
)
from inspections.hold.reads import digest_of
from inspections.hold.services.holds import decide_hold, is_inspected_by, place_hold, respond_to_hold
from inspections.hold.services.reinspections import countersign_reinspection, may_countersign, order_reinspection
from inspections.models import (
    Batch,
    DispositionKind,
    Hold,
    HoldStatus,
    ResponseFile,
)
from inspections.photo.page import reused_photos
from suppliers.story import told


def hold_list(request: PageRequest) -> HttpResponse:
    """The open ones unless something else is asked for."""
    is_all = request.GET.get("status") == "all"
    unless_said = {} if is_all else {"state": HoldStatus.OPEN.value}
    asked = HoldFilters.of_page(request, find_holds(request.user, at=now()), **unless_said)
    chosen, holds = asked.chosen | ({"status": "all"} if is_all else {}), asked.qs
    if chosen["status"] == HoldStatus.OPEN:
        holds = holds.order_by("placed_at")  # the oldest is the most urgent
    statuses = [("open", pgettext("hold", "Open"), "stopped"), ("ended", _("Ended"), "accepted"), ("all", _("All"), "")]
    chips = [
        {"label": label, "url": address(request, status=status), "state": tone, "current": chosen["status"] == status}
        for status, label, tone in statuses
    ]
    context = {"search": asked.form, "chosen": chosen, "chips": chips, "list": ListPage(request, holds)}
    return render(request, "inspections/hold/list.html", context)


def find_hold(user: User, uid: UUID) -> Hold:
    related = ("placed_by", "ended_by_inspection", "to_countersign")
    return get_object_or_404(find_holds(user, at=now()).select_related(*related), uid=uid)


def hold_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    hold = find_hold(request.user, uid)
    return _render_hold(request, hold, DecisionForm(hold=hold))


def _render_hold(
    request: PageRequest,
    hold: Hold,
    form: DecisionForm,
    *,
    order_form: OrderForm | None = None,
    countersign_form: CountersignForm | None = None,
) -> HttpResponse:
    user = request.user
    inspections = list(hold.inspections.select_related("inspector").order_by("id"))
    found, other_photos = found_in(inspections)
    is_open = hold.status == HoldStatus.OPEN
    sees_all = user.has_perm("suppliers.see_all")
    orders = list(hold.orders.select_related("ordered_by").order_by("id"))
    may_decide = is_open and user.has_perm("inspections.decide_hold")
    context = {
        "hold": hold,
        "quantities": hold.batch.quantities if sees_all else released_together(hold.batch.quantities),
        "links": quantity_links(hold.batch, hold if is_open else None) if sees_all else {},
        "inspections": inspections,
        "found": found,
        "other_photos": other_photos,
        "reused": reused_photos(user).filter(inspection__hold=hold),
        "answers": answers_to(hold),
        "dispositions": hold.dispositions.select_related("decided_by").order_by("id"),
        "story": told(user, story_of_hold(user, hold, inspections)),
        "form": form,
        "unsorted": hold.remaining - hold.sorted_out,
        "risk": risk_of(hold, found),
        "orders": orders,
        "countersignature": None if is_open else hold.countersignatures.select_related("signed_by").last(),
        "way_out": way_out(hold, orders, at=now()) if is_open else None,
        "may_decide": may_decide,
        "digest": digest_of(hold) if may_decide else "",
        "is_inspector": is_open and is_inspected_by(hold, user),
        "may_countersign": may_decide and hold.to_countersign is not None and may_countersign(hold, user),
        "order_form": order_form or OrderForm(auto_id="order_%s"),
        "countersign_form": countersign_form or CountersignForm(auto_id="countersign_%s"),
        "may_respond": user.has_perm("inspections.respond_to_hold"),
    }
    return render(request, "inspections/hold/detail.html", context)


def hold_decide(request: PageRequest, uid: UUID) -> HttpResponse:
    hold = find_hold(request.user, uid)
    require_page(request.user, "inspections.decide_hold")
    if request.method != "POST":
        return redirect("hold-detail", uid)
    form = DecisionForm(request.POST, hold=hold)
    if carried_out(
        form,
        request.user,
        lambda: decide_hold(
            hold=hold,
            decision=form.decision,
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        facts = {"decision": DispositionKind(form.decision.kind).label, "units": units(form.decision.quantity)}
        messages.success(request, _("Signed: %(decision)s, %(units)s.") % facts)
        return redirect("hold-detail", uid)
    return _render_hold(request, hold, form)


def hold_order(request: PageRequest, uid: UUID) -> HttpResponse:
    """A manager orders that the batch is inspected again."""
    hold = find_hold(request.user, uid)
    require_page(request.user, "inspections.decide_hold")
    if request.method != "POST":
        return redirect("hold-detail", uid)
    form = OrderForm(request.POST, auto_id="order_%s")
    if carried_out(
        form,
        request.user,
        lambda: order_reinspection(hold=hold, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("Ordered. The next round that is accepted counts for this hold."))
        return redirect("hold-detail", uid)
    return _render_hold(request, hold, DecisionForm(hold=hold), order_form=form)


def hold_countersign(request: PageRequest, uid: UUID) -> HttpResponse:
    """A second person signs under a re-inspection that was accepted by who had inspected before."""
    hold = find_hold(request.user, uid)
    require_page(request.user, "inspections.decide_hold")
    if request.method != "POST":
        return redirect("hold-detail", uid)
    form = CountersignForm(request.POST, auto_id="countersign_%s")
    if carried_out(
        form,
        request.user,
        lambda: countersign_reinspection(
            hold=hold,
            note=form.cleaned_data["note"],
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Countersigned."))
        return redirect("hold-detail", uid)
    return _render_hold(request, hold, DecisionForm(hold=hold), countersign_form=form)


def hold_respond(request: PageRequest, uid: UUID) -> HttpResponse:
    hold = find_hold(request.user, uid)
    require_page(request.user, "inspections.respond_to_hold")
    form = RespondForm(
        request.POST or None,
        request.FILES or None,
        initial={"wants_reinspection": request.GET.get("reinspection") == "1"},
    )
    if carried_out(
        form,
        request.user,
        lambda: respond_to_hold(
            hold=hold,
            root_cause=form.cleaned_data["root_cause"],
            corrective_action=form.cleaned_data["corrective_action"],
            wants_reinspection=form.cleaned_data["wants_reinspection"],
            files=form.cleaned_data["files"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Your answer is sent. The quality manager reads it now."))
        return redirect("hold-detail", uid)
    found, _other_photos = found_in(hold.inspections.all())
    return render(request, "inspections/hold/respond.html", {"hold": hold, "form": form, "found": found})


def hold_place(request: PageRequest, number: str) -> HttpResponse:
    batch = get_object_or_404(
        Batch.objects.visible_to(request.user).select_related("product", "supplier"), number=number
    )
    require_page(request.user, "inspections.place_hold")
    form = HoldPlaceForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: place_hold(batch=batch, note=form.cleaned_data["note"], actor=request.user, at=now()),
    ):
        messages.success(request, _("%(number)s is stopped. The supplier is being told.") % {"number": batch})
        return redirect("batch-detail", batch.number)
    return render(request, "inspections/hold/place.html", {"batch": batch, "form": form})


def response_file(request: PageRequest, uid: UUID) -> FileResponse:
    """Proof that came with an answer. Pictures open in the browser, anything else is saved: it was sent by strangers."""
    stored = get_object_or_404(ResponseFile.objects.visible_to(request.user), uid=uid)
    is_picture = stored.content_type in ("image/jpeg", "image/png", "image/webp")
    response = FileResponse(
        stored.file.open("rb"), as_attachment=not is_picture, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
