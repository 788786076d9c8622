import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.filters import RecordFilters, SearchedFilters
from inspections.models import Batch, BatchState
from suppliers.models import Product

OFFERED = 200


def whole_number(**kwargs) -> forms.IntegerField:
    """Digits on a phone's number pad, without the arrows that change a quantity by accident."""
    return forms.IntegerField(
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write a whole number, digits alone.")},
        **kwargs,
    )


class BatchForm(forms.Form):
    """A batch to register. The product is typed or picked by its SKU: a list of thousands is no help on a phone."""

    number = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)
    product = forms.CharField(
        label=gettext_lazy("Product (SKU)"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )
    quantity = whole_number(label=gettext_lazy("Units"))
    po_number = forms.CharField(label=gettext_lazy("Purchase order"), max_length=60, required=False)
    cartons = whole_number(label=gettext_lazy("Cartons"), required=False)
    produced_on = forms.DateField(
        label=gettext_lazy("Production date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = Product.objects.visible_to(user)

    @property
    def offered(self):
        """The products that came last, for the list beside the field."""
        return self.products.order_by("-id")[:OFFERED]

    def clean_product(self) -> Product:
        sku = self.cleaned_data["product"].strip()
        product = self.products.filter(sku=sku).first()
        if product is None:
            raise forms.ValidationError(_("There is no product with the SKU %(sku)s.") % {"sku": sku}, "unknown")
        return product


class BatchFilters(SearchedFilters, RecordFilters):
    dated = "created_at"
    searched = (
        "number", "po_number", "product__sku", "product__name", "product__name_zh", "supplier__code", "supplier__name",
        "supplier__name_zh",
    )  # fmt: skip
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("supplier__code")
    state = django_filters.ChoiceFilter(choices=BatchState.choices)

    @property
    def in_any_state(self) -> QuerySet[Batch]:
        """What is asked for beside the state: the chips of the page count it by state."""
        return BatchFilters(self.data | {"state": ""}, self.queryset, request=self.request).qs
