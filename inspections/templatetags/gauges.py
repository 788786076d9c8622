"""What is known of the gauge of a check, in words, for templates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template

from inspections.gauge import words
from inspections.models import Characteristic, GaugeStudy

register = template.Library()


@register.inclusion_tag("inspections/gauge/said.html")
def gauge_said(
    studies: Mapping[str, GaugeStudy], characteristic: Characteristic, readings: Sequence[Decimal | None] = ()
) -> dict:
    """In a line what the gauge takes of the tolerance, and which of the readings lie where it cannot tell."""
    study = studies.get(characteristic.code) if studies else None
    if study is None:
        return {}
    units = words.units_within_guard(study, readings, characteristic)
    return {
        "said": words.headline(study),
        "tone": words.tone(study),
        "guarded": words.guarded_sentence(study, units),
        "sku": study.product.sku,
        "code": study.code,
    }
