"""What a product can afford."""

from decimal import Decimal

from django.db.models import QuerySet

from inspections.models import MarginInputs
from suppliers.models import Product


def margin_history(product: Product) -> QuerySet[MarginInputs]:
    """The versions, newest first; the first is in force. For people who may set margins alone: suppliers see no money."""
    return MarginInputs.objects.filter(product=product).select_related("set_by").order_by("-version")


def affordable_return_rate(product: Product) -> Decimal | None:
    """The rate of returns at which a unit still loses nothing, a fraction; None where nobody has said what it costs."""
    latest = MarginInputs.objects.filter(product=product).order_by("-version").first()
    return latest.costs.affordable_return_rate() if latest else None
