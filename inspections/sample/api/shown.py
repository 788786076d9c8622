"""How the API shows a sample, with all that was found on it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.requests import ApiRequest
from inspections.models import (
    FurtherCheck,
    Protocol,
    Sample,
    SampleCheck,
    SampleStatus,
    TransportTest,
)
from inspections.models.sample import FAILS, OTHER_UNIT, UNCHECKED, UNSIGNED
from inspections.sample.api.sent import ASPECTS, SIDES, Colour, Number
from inspections.sample.page.lists import confirmed_by
from inspections.sample.page.sheets import sheet_of_sample
from inspections.sample.services.further import digest_of_further
from inspections.sample.services.samples import (
    digest_of_decision,
    digest_of_withdrawal,
    doubts_of,
)
from inspections.sample.words import test_words


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


def present(request: ApiRequest, sample: Sample) -> dict[str, Any]:
    confirmation = confirmed_by(sample)
    context = {
        "request": request,
        "confirmations": {sample.pk: confirmation} if confirmation else {},
        "sees_all": request.user.has_perm("suppliers.see_all"),
        "sheet": sheet_of_sample(sample),
    }
    return SampleDetail(sample, context=context).data
