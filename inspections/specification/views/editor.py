"""The editor of the draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from inspections.models import (
    NonconformityClass,
    Specification,
    SpecificationStatus,
)
from inspections.sampling import Scheme
from inspections.sampling.own import OwnRule
from inspections.specification import words
from inspections.specification.forms.characteristics import (
    MOST_ROWS,
    CharacteristicForm,
    initial_of,
    rows_sent,
    rows_with,
)
from inspections.specification.forms.refusals import show_refusal, why_unusable
from inspections.specification.forms.sampling import PARTS, sampling_initial
from inspections.specification.forms.schemes import SchemeForm, planned_classes, scheme_initial
from inspections.specification.page import specifications_of, with_characteristics
from inspections.specification.services.versions import (
    DEFAULT_SCHEME,
    ActivatedMeanwhile,
    check_characteristics,
    check_scheme,
    draft_specification,
    version_in_force,
)
from inspections.specification.views.find import EXAMPLE_LOT, asks_and_takes, find_product
from inspections.specification.words import TABLED
from suppliers.models import Product


@asks_and_takes
def specification_edit(request: PageRequest, sku: str) -> HttpResponse:
    """Write the draft. It begins as the draft that there is, or as a copy of the active version."""
    product = find_product(request, sku)
    require_page(request.user, "inspections.specify")
    base = with_characteristics(specifications_of(product, request.user)).first()
    base_scheme = base.scheme if base else DEFAULT_SCHEME
    if request.method != "POST":
        rows = rows_with([initial_of(c) for c in base.characteristics.all()] if base else [{}])
        scheme = SchemeForm(base=base_scheme, initial=scheme_initial(base_scheme))
        in_force = version_in_force(product)
        return _editor(request, product, base, rows, scheme, opened_at=now(), written_from=in_force)
    rows = rows_sent(request.POST, request.FILES)
    opened_at = _moment(request.POST.get("opened_at"))
    written_from = _number(request.POST.get("written_from"))
    action = request.POST.get("do", "save")
    if action != "save":
        scheme = SchemeForm(base=base_scheme, initial=SchemeForm(request.POST, base=base_scheme).typed())
        plan = None
        if action == "plan":
            scheme = SchemeForm(request.POST, base=base_scheme)
            plan = _plan_of(scheme, rows)
        refused = [error for row in rows if row.has_refused_picture for error in row.errors["picture"]]
        rows, proposed = _rearranged(rows, action), None
        if action == "propose":
            rows, proposed = _with_usual_samplings(rows, has_levels=scheme["kind"].value() in TABLED)
        return _editor(
            request,
            product,
            base,
            rows,
            scheme,
            opened_at=opened_at,
            written_from=written_from,
            errors=refused,
            plan=plan,
            proposed=proposed,
        )
    scheme = SchemeForm(request.POST, base=base_scheme)
    errors: list[Any] = []
    status = 200
    is_valid = all([scheme.is_valid(), *[row.is_valid() for row in rows]])
    inputs = [row.as_input() for row in rows]
    if not is_valid:  # say all that is wrong at once
        try:
            check_characteristics(inputs)
        except InvalidInput as refusal:
            errors = show_refusal(refusal, rows, scheme)
    else:
        try:
            draft = draft_specification(
                product=product,
                characteristics=inputs,
                scheme=scheme.definition(),
                actor=request.user,
                at=now(),
                opened_at=opened_at,
                written_from=written_from,
            )
        except ActivatedMeanwhile as refusal:
            errors = [str(refusal.detail), *_changed_meanwhile(product, refusal, request.user)]
            status, written_from = refusal.status, refusal.in_force
        except InvalidInput as refusal:
            errors = show_refusal(refusal, rows, scheme)
        except RuleBroken as refusal:
            errors, status = [str(refusal.detail)], refusal.status
        else:
            messages.success(request, _("Version %(version)s is drafted.") % {"version": draft.version})
            return redirect("specification-detail", product.sku, draft.version)
    return _editor(
        request,
        product,
        base,
        rows,
        scheme,
        opened_at=opened_at,
        written_from=written_from,
        errors=errors,
        status=status,
    )


def _changed_meanwhile(product: Product, refusal: ActivatedMeanwhile, user: User) -> list[str]:
    """What the version in force now has changed of the one that the page was opened on, in sentences."""
    versions = {
        each.version: each
        for each in with_characteristics(specifications_of(product, user)).filter(
            version__in=[refusal.written_from, refusal.in_force]
        )
    }
    before, now_in_force = versions.get(refusal.written_from), versions.get(refusal.in_force)
    if before is None or now_in_force is None:
        return []
    return [change.text for change in words.changes(before, now_in_force)]


def _editor(
    request: PageRequest,
    product: Product,
    base: Specification | None,
    rows: Sequence[CharacteristicForm],
    scheme: SchemeForm,
    *,
    opened_at: datetime,
    written_from: int | None,
    errors: Sequence[Any] = (),
    plan: Any = None,
    proposed: Sequence[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    next_index = max((int((row.prefix or "").removeprefix("c-")) for row in rows), default=-1) + 1
    context = {
        "product": product,
        "base": base,
        "is_draft": base is not None and base.status == SpecificationStatus.DRAFT,
        "rows": rows,
        "next_index": next_index,
        "blank": CharacteristicForm(prefix="c-__index__", initial={"position": "__index__"}),
        "scheme": scheme,
        "errors": errors,
        "has_errors": bool(errors) or (scheme.is_bound and bool(scheme.errors)) or any(row.is_bound and row.errors for row in rows),
        "opened_at": opened_at.isoformat(),
        "written_from": written_from,
        "plan": plan,
        "usual": words.usual_samplings(_scheme_of(SchemeForm(request.POST or None, base=scheme.base)), EXAMPLE_LOT),
        "proposed": proposed,
        "lot": EXAMPLE_LOT,
    }  # fmt: skip
    return render(request, "inspections/specification/edit.html", context, status=status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _moment(text: str | None) -> datetime:
    """When the page was opened, as it says itself; now where it does not say it."""
    try:
        moment = parse_datetime(text or "")
    except ValueError:
        moment = None
    return moment if moment and is_aware(moment) else now()


def _rearranged(rows: list[CharacteristicForm], action: str) -> list[CharacteristicForm]:
    """The rows after a button beside them was pressed: "add", "remove:2", "up:2", "down:2"; the number is a position.

    What was typed is kept as it is and not judged yet.
    """
    values = [row.typed() for row in rows]
    verb, _colon, number = action.partition(":")
    index = int(number) if number.isascii() and number.isdigit() else -1
    if verb == "add" and len(values) < MOST_ROWS:
        values.append({})
    elif verb == "remove" and index in range(len(values)):
        del values[index]
    elif verb == "up" and index in range(1, len(values)):
        values[index - 1 : index + 1] = values[index], values[index - 1]
    elif verb == "down" and index in range(len(values) - 1):
        values[index : index + 2] = values[index + 1], values[index]
    return rows_with(values)


def _with_usual_samplings(
    rows: list[CharacteristicForm], *, has_levels: bool
) -> tuple[list[CharacteristicForm], list[str]]:
    """The rows with the usual sampling for what each looks at, and which got one: not what is critical, nor what says
    already how it is sampled."""
    values, proposed = [row.typed() for row in rows], []
    for row, value in zip(rows, values, strict=True):
        is_said = any(value[f"sampling_{part}"] for part in PARTS) or value["variables_aql"]
        if is_said or value["nonconformity_class"] in ("", None, NonconformityClass.CRITICAL):
            continue
        if usual := words.usual_for(value["aspect"], value["kind"] == "measured", has_levels):
            value |= sampling_initial(usual)
            proposed.append(f"{row.title}: {words.own_words(OwnRule.from_dict(usual))}")
    return rows_with(values), proposed


def _scheme_of(form: SchemeForm) -> Scheme:
    """What is being written where it can be used, else what the editor began with."""
    try:
        if form.is_bound and form.is_valid():
            return check_scheme(form.definition(), [])
    except InvalidInput:
        pass
    return Scheme.from_dict(form.base)


def _plan_of(scheme: SchemeForm, rows: list[CharacteristicForm]) -> dict:
    """The plans of what is being written, and the rows that have none yet with the reasons.

    Without `plans`, and the errors shown, where the scheme itself cannot be used.
    """
    if not scheme.is_valid():
        return {}
    definition = scheme.definition()
    try:
        agreed = check_scheme(definition, [])
    except InvalidInput as refusal:
        show_refusal(refusal, [], scheme)
        return {}
    begun = [(row, why_unusable(row, scheme)) for row in rows if not row.is_blank]
    usable = [row.as_input() for row, reasons in begun if not reasons]
    characteristics = [check_characteristics([item])[0] for item in usable]
    taken = {c.nonconformity_class for c in characteristics}
    open_classes = [name for name in planned_classes(definition) if name not in taken]
    return {
        "plans": words.plans_of(agreed, characteristics, EXAMPLE_LOT, classes=open_classes),
        "unplanned": [(row.title, reasons) for row, reasons in begun if reasons],
    }
