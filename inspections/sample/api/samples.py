"""Samples over the API: record one with all that was found, list, look at one, finish its checks, decide, photos."""

from datetime import date
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import ShownInput, signed
from activity.api import DeviceTime, Input, idempotent
from inspections.models import (
    SAMPLE_ASPECTS,
    FurtherCheck,
    Photo,
    Protocol,
    Sample,
    SampleCheck,
    SampleDoubt,
    SampleStatus,
    TransportTest,
)
from inspections.models.sample import FAILS, OTHER_UNIT, UNCHECKED, UNSIGNED
from inspections.photo.api import PhotoRow
from inspections.sample.forms import SampleFilters
from inspections.sample.page.lists import confirmations, confirmed_by, samples_for_pages
from inspections.sample.page.sheets import sheet_of_sample
from inspections.sample.services.checks import CheckInput, DropInput, record_check
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.further import digest_of_further
from inspections.sample.services.photos import add_sample_photo
from inspections.sample.services.samples import (
    ApprovalInput,
    TransportInput,
    decide_sample,
    digest_of_decision,
    digest_of_withdrawal,
    doubts_of,
    record_sample,
    submit_sample,
)
from inspections.sample.words import test_words
from suppliers.api import product_by_sku

ASPECTS = [(aspect.value, aspect.label) for aspect in SAMPLE_ASPECTS]


@extend_schema_field({"type": "number"})
class Number(serializers.Field):
    """A number digit by digit as it was sent; what it may be is the service's to say."""

    default_error_messages = {"not_a_number": _("Give a number.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
            self.fail("not_a_number")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Colour(Input):
    """CIELAB under D65 for the 2° observer."""

    l = Number(help_text="L*, 0 to 100.")  # noqa: E741 the field's own name
    a = Number(help_text="a*")
    b = Number(help_text="b*")


class SampleRow(serializers.Serializer):
    """Context: `confirmations`, what confirmed which sample."""

    id = serializers.UUIDField(source="uid")
    code = serializers.CharField()
    product = serializers.CharField(source="product.sku")
    supplier = serializers.CharField(source="supplier.code")
    series = serializers.IntegerField()
    round = serializers.IntegerField()
    state = serializers.ChoiceField(SampleStatus.choices, source="status")
    version = serializers.IntegerField(allow_null=True, help_text="Of the golden sample, once approved.")
    received_at = serializers.DateTimeField()
    checked_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the decision.")
    confirmed = serializers.SerializerMethodField(
        help_text="Whether a pilot run or a batch judged by this version has passed."
    )

    def get_confirmed(self, sample: Sample) -> bool:
        return sample.pk in self.context["confirmations"]


class FoundCheck(serializers.Serializer):
    aspect = serializers.ChoiceField(ASPECTS, allow_null=True)
    characteristic = serializers.CharField(allow_null=True)
    conforms = serializers.BooleanField()
    readings = serializers.ListField(
        child=serializers.DecimalField(max_digits=None, decimal_places=None, coerce_to_string=False), allow_null=True
    )
    note = serializers.CharField()
    revision = serializers.IntegerField(help_text="Goes up with every change; send it with the next answer.")
    recorded_at = serializers.DateTimeField()


class FoundFurther(FoundCheck):
    specification = serializers.IntegerField(help_text="Version that asks for it.")
    signed_at = serializers.DateTimeField(
        allow_null=True, help_text="By a second person; what conforms counts from then."
    )


class LackRow(serializers.Serializer):
    code = serializers.CharField()
    why = serializers.ChoiceField(
        [UNCHECKED, FAILS, OTHER_UNIT, UNSIGNED], help_text="`other_unit`: not known to be of one kind with today's."
    )

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"class": serializers.CharField()}


class FoundDrop(serializers.Serializer):
    number = serializers.IntegerField()
    height_mm = serializers.IntegerField(
        allow_null=True, help_text="Null where the procedure alone has it, as that of 3A."
    )
    orientation = serializers.CharField()
    done = serializers.BooleanField()
    package_damaged = serializers.BooleanField(allow_null=True)
    product_damaged = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()
    revision = serializers.IntegerField(help_text="0 while it was not done.")


class FoundTransport(serializers.Serializer):
    protocol = serializers.ChoiceField(Protocol.choices)
    package_weight_kg = serializers.DecimalField(max_digits=None, decimal_places=None, coerce_to_string=False)
    package_length_mm = Number(allow_null=True)
    package_width_mm = Number(allow_null=True)
    package_height_mm = Number(allow_null=True)
    package_kind = serializers.CharField(
        help_text="small, flat, elongated, standard; empty where no sides were measured."
    )
    done = serializers.CharField(help_text="What was really done, in words.")
    drops = FoundDrop(many=True)


def found_check(check: SampleCheck | FurtherCheck) -> dict[str, Any]:
    return {
        "aspect": getattr(check, "aspect", "") or None,
        "characteristic": check.characteristic.code if check.characteristic else None,
        "conforms": check.conforms,
        "readings": check.readings,
        "note": check.note,
        "revision": check.revision,
        "recorded_at": check.recorded_at,
    }


def found_transport(test: TransportTest) -> dict[str, Any]:
    results = {result.number: result for result in test.results.all()}
    drops = []
    for drop in test.drops:
        result = results.get(drop["number"])
        drops.append(
            drop
            | {
                "done": result is not None,
                "package_damaged": result.package_damaged if result else None,
                "product_damaged": result.product_damaged if result else None,
                "note": result.note if result else "",
                "revision": result.revision if result else 0,
            }
        )
    names = ("protocol", "package_weight_kg", *SIDES)
    return {name: getattr(test, name) for name in names} | {
        "package_kind": test.kind, "done": test_words(test), "drops": drops,
    }  # fmt: skip


class SampleDetail(SampleRow):
    """Context, beside that of SampleRow: `sees_all`, whether the reader is of the team."""

    specification = serializers.IntegerField(
        source="specification.version", allow_null=True, default=None, help_text="Version that it is checked by."
    )
    length_mm = Number(allow_null=True)
    width_mm = Number(allow_null=True)
    height_mm = Number(allow_null=True)
    weight_g = Number(allow_null=True)
    colour = serializers.SerializerMethodField()
    barcode = serializers.CharField()
    label_text = serializers.CharField()
    seal_number = serializers.CharField()
    kept_at = serializers.SerializerMethodField(help_text="Empty for suppliers.")
    kept_until = serializers.DateField(allow_null=True)
    note = serializers.SerializerMethodField(help_text="Internal; empty for suppliers.")
    signature = serializers.ChoiceField(["password", "token", ""])
    doubts = serializers.SerializerMethodField(
        help_text="What the approval lacks, or would lack: photo, size, drop_test."
    )
    damage_note = serializers.CharField(help_text="Who ships it in a package that drops damaged.")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField()
    lacking = serializers.SerializerMethodField(
        help_text="Of an approved one: what it was not checked for, or fails, of the specification in force."
    )
    further = serializers.SerializerMethodField(help_text="What it was checked for after its approval.")
    further_digest = serializers.SerializerMethodField(help_text="For POST further/sign/.")
    digest = serializers.SerializerMethodField(help_text="Of what is there to be decided on, or withdrawn.")
    checks = serializers.SerializerMethodField()
    transport = serializers.SerializerMethodField()
    unanswered = serializers.SerializerMethodField()

    def get_kept_at(self, sample: Sample) -> str:
        return sample.kept_at if self.context["sees_all"] else ""

    def get_note(self, sample: Sample) -> str:
        return sample.note if self.context["sees_all"] else ""

    @extend_schema_field(Colour(allow_null=True))
    def get_colour(self, sample: Sample) -> dict | None:
        return dict(zip("lab", sample.lab, strict=True)) if sample.lab else None

    def get_doubts(self, sample: Sample) -> list[str]:
        return sample.doubts if sample.is_decided else [str(doubt) for doubt in doubts_of(sample)]

    @extend_schema_field(LackRow(many=True))
    def get_lacking(self, sample: Sample) -> list[dict]:
        return [
            {"code": lack["code"], "class": lack["nonconformity_class"], "why": lack["why"]} for lack in sample.lacking
        ]

    @extend_schema_field(FoundFurther(many=True))
    def get_further(self, sample: Sample) -> list[dict]:
        rows = sample.further_checks.select_related("characteristic__specification").order_by("id")
        return [found_check(each) | {"specification": each.required_by, "signed_at": each.signed_at} for each in rows]

    def get_further_digest(self, sample: Sample) -> str:
        return digest_of_further(sample)

    def get_digest(self, sample: Sample) -> str:
        return digest_of_withdrawal(sample) if sample.version else digest_of_decision(sample)

    @extend_schema_field(FoundCheck(many=True))
    def get_checks(self, sample: Sample) -> list[dict]:
        return [found_check(line.check) for line in self.context["sheet"].checks if line.check]

    @extend_schema_field(FoundTransport(allow_null=True))
    def get_transport(self, sample: Sample) -> dict | None:
        test = self.context["sheet"].test
        return found_transport(test) if test else None

    def get_unanswered(self, sample: Sample) -> list[str]:
        return [line.code for line in self.context["sheet"].unanswered]


class AspectField(serializers.ChoiceField):
    """One of the seven; what is none of them is refused with those that are."""

    default_error_messages = {"invalid_choice": _("A sample is not checked for {input}. Known are: {known}.")}

    def fail(self, key: str, **values: Any) -> NoReturn:
        super().fail(key, known=", ".join(self.choices), **values)


class Revision(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        said = (
            "The revision that was seen last, 0 for none: 409 `check_changed` where it is another by now. Left out, all is "
            "overwritten but what somebody else found not to conform."
        )
        super().__init__(
            **{"required": False, "allow_null": True, "default": None, "min_value": 0, "help_text": said} | options
        )


class SentCheck(Input):
    """An aspect, or the code of a characteristic; `readings` where that is measured, else `conforms`."""

    aspect = AspectField(ASPECTS, required=False)
    characteristic = serializers.CharField(required=False, max_length=40)
    conforms = serializers.BooleanField(required=False, allow_null=True, default=None)
    readings = serializers.ListField(
        child=Number(), required=False, allow_null=True, default=None, help_text="In the unit; numbers."
    )
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=10_000, help_text="Needed where it does not conform."
    )
    revision = Revision()


class SentDrop(Input):
    number = serializers.IntegerField(min_value=1, max_value=100)
    package_damaged = serializers.BooleanField()
    product_damaged = serializers.BooleanField()
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    revision = Revision()


class NewTransportTest(Input):
    protocol = serializers.ChoiceField(Protocol.choices)
    package_weight_kg = Number()
    package_length_mm = Number(required=False, allow_null=True, help_text="The three sides are needed for 3A.")
    package_width_mm = Number(required=False, allow_null=True)
    package_height_mm = Number(required=False, allow_null=True)


class SentTransport(NewTransportTest):
    drops = SentDrop(many=True, required=False, default=[])


class NewSample(Input):
    product = serializers.CharField(help_text="SKU")
    checks = SentCheck(many=True, required=False, default=[])
    submit = serializers.BooleanField(
        default=True, help_text="Finish the checks, so that it waits for its decision; false while it is being checked."
    )
    length_mm = Number(required=False, allow_null=True)
    width_mm = Number(required=False, allow_null=True)
    height_mm = Number(required=False, allow_null=True)
    weight_g = Number(required=False, allow_null=True)
    colour = Colour(required=False, allow_null=True, help_text="CIELAB under D65 for the 2° observer.")
    colour_confirmed = serializers.BooleanField(
        required=False,
        default=False,
        help_text="That a colour beyond those that surfaces send back (400 `outside_gamut`) is right: it fluoresces.",
    )
    barcode = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="EAN or UPC.")
    label_text = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    seal_number = serializers.CharField(required=False, allow_blank=True, max_length=60)
    kept_at = serializers.CharField(required=False, allow_blank=True, max_length=120)
    kept_until = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=10_000, help_text="Internal; suppliers never get it."
    )
    transport = SentTransport(required=False, allow_null=True)


OF_DETAILS = set(SampleDetails.__slots__) - {"colour", "colour_confirmed"}
SIDES = ("package_length_mm", "package_width_mm", "package_height_mm")


def details_of(sent: dict[str, Any]) -> SampleDetails:
    colour = sent.get("colour")
    given: dict[str, Any] = {name: sent[name] for name in OF_DETAILS if name in sent}
    kept_until: date | None = given.pop("kept_until", None)
    lab = [colour["l"], colour["a"], colour["b"]] if colour else None
    return SampleDetails(
        **given, kept_until=kept_until, colour=lab, colour_confirmed=sent.get("colour_confirmed", False)
    )


def transport_of(sent: dict[str, Any]) -> TransportInput | None:
    transport = sent.get("transport")
    if not transport:
        return None
    drops = [DropInput(**drop) for drop in transport["drops"]]
    sides = [transport.get(name) for name in SIDES]
    return TransportInput(transport["protocol"], transport["package_weight_kg"], drops, sides)


def present(request: ApiRequest, sample: Sample) -> dict[str, Any]:
    confirmation = confirmed_by(sample)
    context = {
        "request": request,
        "confirmations": {sample.pk: confirmation} if confirmation else {},
        "sees_all": request.user.has_perm("suppliers.see_all"),
        "sheet": sheet_of_sample(sample),
    }
    return SampleDetail(sample, context=context).data


class SampleList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.check_sample"}
    serializer_class = SampleRow
    filterset_class = SampleFilters

    def get_queryset(self) -> QuerySet[Sample]:
        return samples_for_pages(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = self.get_serializer_context() | {"confirmations": confirmations(page)}
        return self.get_paginated_response(SampleRow(page, many=True, context=context).data)

    @extend_schema(request=NewSample, responses={201: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Record a sample with what was found on it; 422 names the checks that are not answered, and stores nothing."""
        sent = NewSample.of(request)
        sample = record_sample(
            product=product_by_sku(sent["product"], request.user),
            details=details_of(sent),
            checks=[CheckInput(**check) for check in sent["checks"]],
            transport=transport_of(sent),
            submit=sent["submit"],
            actor=request.user,
            at=now(),
        )
        return Response(present(request, sample), status=201)


class SampleView(GenericAPIView):
    serializer_class = SampleDetail
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Sample]:
        return samples_for_pages(self.request.user)

    def answer(self) -> Response:
        return Response(present(self.request, self.get_object()))


class SampleChecks(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=SentCheck, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Record one check while the sample is being checked; it takes the place of an earlier answer.

        409 `check_changed` names the check that somebody else changed meanwhile (`check`, `revision`) and what it says now.
        """
        sample = self.get_object()
        sent = CheckInput(**SentCheck.of(request))
        record_check(sample=sample, sent=sent, actor=request.user, at=now())
        return self.answer()


class SampleSubmit(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=None, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Finish the checks; 422 names those that are not answered."""
        submit_sample(sample=self.get_object(), actor=request.user, at=now())
        return self.answer()


class SampleDecision(ShownInput):
    decision = serializers.ChoiceField(["approve", "refuse"])
    reason = serializers.CharField(max_length=10_000)
    confirmed = serializers.ListField(
        child=serializers.ChoiceField(SampleDoubt.choices),
        required=False,
        help_text="Of `doubts`, those that are confirmed: 409 `approval_asks` names the others. Left out, nothing is asked.",
    )
    damage_note = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=10_000,
        help_text="Needed where drops damaged the package.",
    )
    digest = serializers.CharField(
        required=False, max_length=64, help_text="That of what was read: what was changed since is not signed."
    )
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class SampleDecide(SampleView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=SampleDecision, responses={200: SampleDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign. Approved, the sample is the next version of the golden sample; who checked it may not decide.

        It is refused at any time before that, also while it is being checked.
        """
        sample = self.get_object()
        sent = SampleDecision.of(request)
        decide_sample(
            sample=sample,
            decision=sent["decision"],
            reason=sent["reason"],
            signature="token" if request.auth else "password",
            asked=ApprovalInput(sent.get("confirmed"), sent["damage_note"]),
            digest=sent.get("digest"),
            actor=request.user,
            at=now(),
        )
        return self.answer()


class SamplePhotoRow(PhotoRow):
    unit_number = None  # type: ignore[assignment] # takes the field away
    aspect = serializers.CharField(help_text="Empty where it shows a characteristic or the whole.")
    drop = serializers.IntegerField(source="drop_number", allow_null=True, help_text="Of the transport test.")


class NewSamplePhoto(Input):
    photo = serializers.FileField(allow_empty_file=True, help_text="JPEG, PNG, WebP or HEIC, up to 25 MB.")
    check = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Aspect or code of what it shows."
    )
    drop = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100)
    taken_at = DeviceTime(required=False, allow_null=True, help_text="Of the camera's file.")
    original_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, default="", allow_blank=True, help_text="Of the camera's file."
    )


class SamplePhotos(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.check_sample"}
    serializer_class = SamplePhotoRow
    parser_classes = (MultiPartParser,)

    def get_sample(self) -> Sample:
        return get_object_or_404(samples_for_pages(self.request.user), uid=self.kwargs["id"])

    def get_queryset(self) -> QuerySet[Photo]:
        if getattr(self, "swagger_fake_view", False):
            return Photo.objects.none()
        return self.get_sample().photos.select_related("characteristic")

    @extend_schema(request={"multipart/form-data": NewSamplePhoto}, responses={201: SamplePhotoRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Add a photo while the sample is being checked. It is processed afterwards."""
        sample = self.get_sample()
        sent = NewSamplePhoto.of(request)
        photo = add_sample_photo(
            sample=sample,
            file=sent["photo"],
            check=sent["check"],
            drop_number=sent.get("drop"),
            taken_at=sent.get("taken_at"),
            original_sha256=sent["original_sha256"],
            actor=request.user,
            at=now(),
        )
        return Response(SamplePhotoRow(photo, context={"request": request}).data, status=201)
