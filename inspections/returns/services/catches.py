"""Which characteristic of a product should catch which complaint: suggested by the program, settled by people."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import Aspect, Catch, Characteristic, ComplaintPoint, SpecificationStatus
from suppliers.models import Product

# Complaint group -> the aspects of characteristics that can catch it, first what is made for it.
ASPECTS: Mapping[str, tuple[Aspect, ...]] = {
    group: (
        *(aspect for aspect in Aspect if group in aspect.facts.catches),
        *(aspect for aspect in Aspect if group in aspect.facts.also_catches),
    )
    for group in sorted({group for aspect in Aspect for group in aspect.facts.catches})
}
# Groups whose points have too little in common for one characteristic to catch them all.
SPOKEN_OF_ALONE = {"function", "safety"}


def _words(*texts: str) -> set[str]:
    """Stems of the English words (four letters) and pairs of Chinese characters."""
    found = set()
    for text in texts:
        found |= {word[:4] for word in re.findall(r"[a-z]{4,}", text.lower())}
        for run in re.findall(r"[\u4e00-\u9fff]+", text):
            found |= {run[n : n + 2] for n in range(len(run) - 1)}
    return found


def suggest(point: ComplaintPoint, characteristics: Iterable[Characteristic]) -> str:
    """The code of the characteristic that a complaint most likely should have been caught by; empty for none.

    One that speaks of the same thing; else the only one of the aspects that the complaint's group belongs to, but for
    functions: that a kettle does not leak says nothing of its noise. Between several there is no suggestion.
    """
    group = point.parent.code if point.parent else point.code
    fitting = [c for c in characteristics if c.aspect in ASPECTS.get(group, ())]
    words = _words(point.name, point.name_zh)
    alike = [c for c in fitting if words & _words(c.code, c.name, c.name_zh)]
    if len(alike) == 1:
        return alike[0].code
    return fitting[0].code if len(fitting) == 1 and group not in SPOKEN_OF_ALONE else ""


def active_characteristics_of(product_ids: Collection[int]) -> dict[int, list[Characteristic]]:
    """Product -> the characteristics in force. One statement."""
    found: dict[int, list[Characteristic]] = {}
    for each in Characteristic.objects.filter(
        specification__product__in=product_ids, specification__status=SpecificationStatus.ACTIVE
    ).select_related("specification").order_by("position"):  # fmt: skip
        if each.specification:
            found.setdefault(each.specification.product_id, []).append(each)
    return found


def suggest_catches(wanted: Collection[tuple[int, str, datetime]]) -> None:
    """Suggest what should catch complaints that have nothing yet: each a product, a code, and when. At most four statements."""
    known = set(Catch.objects.filter(product__in={pk for pk, *_ in wanted}).values_list("product_id", "complaint"))
    missing = sorted(each for each in wanted if each[:2] not in known)
    if not missing:
        return
    points = ComplaintPoint.objects.select_related("parent").in_bulk({c for _pk, c, _at in missing}, field_name="code")
    characteristics = active_characteristics_of({product for product, *_ in missing})
    Catch.objects.bulk_create(
        [
            Catch(
                product_id=product,
                complaint=code,
                characteristic=suggest(points[code], characteristics.get(product, ())),
                set_at=at,
            )
            for product, code, at in missing
        ],
        ignore_conflicts=True,
    )


@one_transaction()
def set_catches(*, product: Product, catches: Mapping[str, str], actor: User, at: datetime) -> None:
    """Say which characteristic should catch which complaint (empty: none does). What is not named stays as it is.

    Raises InvalidInput for a complaint point or a characteristic that there is not, NotAllowed.
    """
    require(actor, "inspections.specify")
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    points = set(ComplaintPoint.objects.exclude(parent=None).values_list("code", flat=True))
    codes = {c.code for c in active_characteristics_of([product.pk]).get(product.pk, ())}
    errors = []
    for complaint, characteristic in catches.items():
        if complaint not in points:
            detail = _("There is no complaint point %(code)s.") % {"code": complaint[:40]}
            errors.append(FieldError(complaint, "unknown_complaint", detail))
        elif characteristic and characteristic not in codes:
            detail = _("The specification of %(sku)s has no characteristic %(code)s.")
            errors.append(
                FieldError(
                    complaint, "unknown_characteristic", detail % {"sku": product.sku, "code": characteristic[:40]}
                )
            )
    if errors:
        raise InvalidInput(errors)
    known = {each.complaint: each for each in product.catches.filter(complaint__in=catches)}
    changed = []
    for complaint, characteristic in catches.items():
        before = known.get(complaint)
        if before and before.set_by_id and before.characteristic == characteristic:
            continue
        Catch.objects.update_or_create(
            product=product, complaint=complaint,
            defaults={"characteristic": characteristic, "set_at": at, "set_by": actor},
        )  # fmt: skip
        changed.append([complaint, before.characteristic if before else "", characteristic])
    if changed:
        record_event("catches.set", f"product:{product.sku}", at=at, actor=actor, changes=changed)
