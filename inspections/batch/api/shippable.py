"""The one question of a warehouse: may this ship. Of one batch, or of several at once."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import problem
from activity.errors import FieldError, InvalidInput
from inspections.batch.services.batches import check_quantity
from inspections.batch.services.shipments import Shippable, not_enough, shippable
from inspections.models import Batch, Hold

MOST = 500
KINDS = {"batch": "number", "product": "product__sku", "po_number": "po_number"}


class Obstacle(serializers.Serializer):
    code = serializers.CharField(
        help_text="on_hold, not_accepted, set_aside, deviation_expired, nothing_left, not_enough or unknown_batch."
    )
    detail = serializers.CharField(help_text="The same for a person.")


class ShippableAnswer(serializers.Serializer):
    shippable = serializers.BooleanField(
        help_text="With `quantity`: whether so many units may ship. Without: whether something may and no hold is open."
    )
    quantity = serializers.IntegerField(help_text="How many units may ship now.")
    stopped = serializers.IntegerField(help_text="How many units are here that may not ship now.")
    reasons = Obstacle(many=True, help_text="What stops the others; empty when nothing is stopped.")


class ShippableBatch(ShippableAnswer):
    batch = serializers.CharField()
    product = serializers.CharField(help_text="SKU")
    po_number = serializers.CharField(allow_blank=True)


class SeveralShippable(serializers.Serializer):
    shippable = serializers.BooleanField(
        help_text="With `quantity`: whether so many units of all of them may ship. Without: whether each of them may."
    )
    quantity = serializers.IntegerField(help_text="How many units may ship now, of all of them.")
    stopped = serializers.IntegerField(help_text="How many units may not, of all of them.")
    results = ShippableBatch(many=True, help_text="Each batch of which units are left, the oldest first.")


ASKED = OpenApiParameter("quantity", int, description="How many units shall ship: may these?")


def asked_for(request: ApiRequest) -> int | None:
    """How many units are asked about. Raises InvalidInput or DRF's ValidationError."""
    if "quantity" not in request.query_params:
        return None
    text = request.query_params["quantity"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise InvalidInput.one("quantity", "not_a_number", _("Give a whole number of units."))
    return check_quantity("quantity", int(text))


def told(answer: Shippable, asked: int | None) -> dict:
    lacking = [] if asked is None or asked <= answer.quantity else [not_enough(asked, answer.quantity)]
    return {
        "shippable": answer.allows(asked),
        "quantity": answer.quantity,
        "stopped": answer.stopped,
        "reasons": [{"code": each.code, "detail": each.detail} for each in [*answer.reasons, *lacking]],
    }


class BatchShippable(GenericAPIView):
    """The one answer for a warehouse. Fail-closed: unless it says `"shippable": true`, nothing ships.

    Ask with `quantity` before loading so many units. It is true at the moment of the answer and never later: ask again,
    and post the shipment before the goods leave.
    """

    permissions = {"GET": None}
    serializer_class = ShippableAnswer
    filter_backends = ()
    query = ("quantity",)

    @extend_schema(parameters=[ASKED], responses={200: ShippableAnswer})
    def get(self, request: ApiRequest, number: str) -> Response:
        batch = Batch.objects.visible_to(request.user).filter(number=number).first()
        if batch is None:
            detail = _("There is no batch %(number)s.") % {"number": number}
            reasons = [{"code": "unknown_batch", "detail": detail}]
            return problem(404, "not_found", detail, shippable=False, quantity=0, stopped=0, reasons=reasons)
        self.check_object_permissions(request, batch)
        return Response(told(shippable(batch, at=now()), asked_for(request)))


class Shippables(GenericAPIView):
    """The same of several batches at once: by their numbers, or all of a product or of a purchase order of which units are left.

    Repeat the parameter for several: `?batch=L-1&batch=L-2`. Name them by one kind alone. A name without a record that you
    may see is refused, and never passed over.
    """

    permissions = {"GET": None}
    serializer_class = SeveralShippable
    filter_backends = ()
    query = ("quantity", *KINDS)
    many = tuple(KINDS)

    @extend_schema(
        parameters=[
            OpenApiParameter("batch", str, many=True, description="Numbers"),
            OpenApiParameter("product", str, many=True, description="SKUs"),
            OpenApiParameter("po_number", str, many=True, description="Purchase orders"),
            ASKED,
        ],
        responses={200: SeveralShippable},
    )
    def get(self, request: ApiRequest) -> Response:
        asked = asked_for(request)
        answers = [(batch, shippable(batch, at=now())) for batch in with_holds(self._batches(request))]
        quantity = sum(answer.quantity for _batch, answer in answers)
        each = all(answer.allows(None) for _batch, answer in answers) and bool(answers)
        return Response(
            {
                "shippable": each if asked is None else 0 < asked <= quantity,
                "quantity": quantity,
                "stopped": sum(answer.stopped for _batch, answer in answers),
                "results": [
                    {"batch": batch.number, "product": batch.product.sku, "po_number": batch.po_number}
                    | told(answer, None)
                    for batch, answer in answers
                ],
            }
        )

    def _batches(self, request: ApiRequest) -> QuerySet[Batch]:
        kinds = [kind for kind in KINDS if kind in request.query_params]
        if len(kinds) != 1:
            detail = _("Ask by batch, by product or by po_number: by one of them.")
            raise InvalidInput([FieldError(kind, "one_of", detail) for kind in kinds or KINDS])
        [kind] = kinds
        field, names = KINDS[kind], set(request.query_params.getlist(kind))
        batches = Batch.objects.visible_to(request.user).filter(**{f"{field}__in": names})
        if unknown := names - set(batches.values_list(field, flat=True)):
            detail = _("There is no batch of %(names)s that you may see.") % {"names": ", ".join(sorted(unknown))}
            raise InvalidInput.one(kind, f"unknown_{kind}", detail)
        if kind != "batch":
            batches = batches.exclude(awaiting=0, available=0, on_hold=0, set_aside=0)
        if batches.count() > MOST:
            detail = _("These are more than %(most)s batches. Ask for fewer at a time.") % {"most": MOST}
            raise InvalidInput.one(kind, "too_many", detail)
        return batches.select_related("product").order_by("id")


def with_holds(batches: QuerySet[Batch]) -> Iterable[Batch]:
    """Each with its `open_hold`, by one question for all."""
    holds = {hold.batch_id: hold for hold in Hold.objects.open().filter(batch__in=batches)}
    for batch in batches:
        batch.open_hold = holds.get(batch.pk)
        yield batch
