"""What is sent of a sample over the API: what was noted, found and dropped."""

from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from activity.api import Input
from inspections.models import (
    SAMPLE_ASPECTS,
    Protocol,
)
from inspections.sample.services.checks import DropInput
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.samples import (
    TransportInput,
)

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
