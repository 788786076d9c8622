"""What a product earns and costs, as somebody said it on a day."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.rules.margins import AMOUNTS, NAMES, RATES, Costs
from suppliers.models import Product


def amount(label, **options) -> models.DecimalField:
    """Money per unit, in the currency of its row."""
    return models.DecimalField(label, max_digits=14, decimal_places=4, **options)


def rate(label) -> models.DecimalField:
    """A fraction: 0.06 is 6 %."""
    return models.DecimalField(label, max_digits=7, decimal_places=6)


class MarginInputs(models.Model):
    """One version of what a unit of a product brings and costs, all of it in one currency. Written once.

    The fields from `price` to `return_rate` are those of `inspections.rules.margins.Costs`.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="margin_inputs", verbose_name=_("product"))
    version = models.PositiveIntegerField(_("version"))
    currency = models.CharField(_("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}\Z")])
    price = amount(_("selling price"))
    goods = amount(_("goods"))
    platform_rate = rate(_("platform commission"))
    channel_rate = rate(_("channel commission"))
    logistics = amount(_("logistics and fulfilment"))
    packaging = amount(_("packaging"))
    payment_rate = rate(_("payment fee, share of the price"))
    payment_fee = amount(_("payment fee, per order"))
    service = amount(_("customer service"))
    promotion = amount(_("promotion"))
    reverse_logistics = amount(_("way back of a returned unit"))
    resale_loss = amount(_("what a returned unit loses in worth"))
    commission_kept_rate = rate(_("commission kept on a refund"))
    return_rate = rate(_("expected rate of returns"))
    unanswered = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text="Of `margins.DECISIVE`; they stand as 0"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))

    class Meta:
        verbose_name = _("margin inputs")
        verbose_name_plural = _("margin inputs")
        permissions = [("set_margin", "Sees and sets prices, costs and margins")]
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="margin_inputs_version_is_once_per_product"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="margin_inputs_have_a_currency"),
            models.CheckConstraint(
                condition=Q(price__gt=0, **{f"{name}__gte": 0 for name in AMOUNTS}),
                name="margin_inputs_have_no_negative_amount",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in RATES}, **{f"{name}__lte": 1 for name in RATES}),
                name="margin_inputs_have_rates_from_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(resale_loss__lte=F("goods")), name="margin_inputs_lose_at_most_the_goods"
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.version}"

    @property
    def affordable_return_rate(self) -> Decimal | None:
        """None while something is unanswered that decides what a return costs: it affords nothing yet (R8)."""
        return None if self.unanswered else self.costs.affordable_return_rate()

    @property
    def costs(self) -> Costs:
        return Costs(**{name: getattr(self, name) for name in NAMES})
