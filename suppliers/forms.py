from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.filters import SearchedFilters
from activity.forms import field_of
from activity.languages import Text
from activity.lists import OFFERED
from suppliers.models import Category, Market, Product, Supplier
from suppliers.queries import merchandisers


class SupplierForm(forms.Form):
    """What may change of a supplier."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    contact_email = forms.EmailField(
        label=_("Contact e-mail"), required=False, help_text=_("Told about holds, beside the supplier's members.")
    )


class NewSupplierForm(SupplierForm):
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short and lasting, such as HAILAN. It cannot be changed later.")
    )
    field_order = ["code", "name", "name_zh", "contact_email"]


class MemberForm(forms.Form):
    user = forms.CharField(label=_("User name or e-mail"), max_length=254)


class LocalNameField(forms.ModelChoiceField):
    """A record by its code, shown by its name in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, to_field_name="code", empty_label=_("Choose"), **kwargs)


class MarketsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Market.objects.order_by("code"), to_field_name="code", required=False, **kwargs)

    def label_from_instance(self, market: Market) -> str:
        return f"{market.code} · {market.local_name}"


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return user.display_name


class PickedProductForm(forms.Form):
    """About one product, which is typed or picked by its SKU: a list of thousands is no help on a phone."""

    product = forms.CharField(
        label=_("Product (SKU)"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = Product.objects.visible_to(user)

    @property
    def offered(self) -> QuerySet[Product]:
        """The products that came last, for the list beside the field."""
        return self.products.order_by("-id")[:OFFERED]

    def clean_product(self) -> Product:
        sku = self.cleaned_data["product"].strip()
        product = self.products.filter(sku=sku).first()
        if product is None:
            raise forms.ValidationError(gettext("There is no product with the SKU %(sku)s.") % {"sku": sku}, "unknown")
        return product


class ProductForm(forms.Form):
    """What may change of a product."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    category = LocalNameField(Category.objects.order_by("name"), label=_("Category"))
    merchandiser = PersonField(
        merchandisers(),
        label=_("Merchandiser"),
        to_field_name="username",
        empty_label=_("Nobody yet"),
        required=False,
    )
    model_code = forms.CharField(
        label=_("Model"),
        max_length=60,
        required=False,
        help_text=_(
            "A code of your own. SKUs that share it are the same product by several suppliers, and are compared."
        ),
    )
    markets = MarketsField(label=_("Markets"))


class NewProductForm(ProductForm):
    sku = forms.CharField(label=_("SKU"), max_length=60, help_text=_("It cannot be changed later."))
    supplier = LocalNameField(Supplier.objects.order_by("code"), label=_("Supplier"))
    field_order = ["sku", "supplier", "name", "name_zh", "category", "merchandiser", "model_code", "markets"]


class ChangedProductForm(ProductForm):
    """`markets` are those to add; the ones that the product is listed in are not offered again."""

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        markets = field_of(self, "markets", MarketsField)
        markets.label = _("More markets")
        markets.queryset = Market.objects.order_by("code").exclude(listings__product=product)
        if product.merchandiser:  # one who has changed roles since stays until somebody else is chosen
            choices = field_of(self, "merchandiser", PersonField)
            choices.queryset = merchandisers() | User.objects.filter(pk=product.merchandiser.pk)


class SupplierFilters(SearchedFilters):
    searched = ("code", "name", "name_zh")


def choice_of(records: QuerySet, label: Text, all_of_them: Text) -> forms.ChoiceField:
    """One of some records by its code, or all of them."""
    choices = [("", all_of_them), *((record.code, str(record)) for record in records)]
    return forms.ChoiceField(label=label, required=False, choices=choices)


class ProductFilters(SearchedFilters):
    searched = ("sku", "name", "name_zh")
    supplier = django_filters.CharFilter("supplier__code")
    category = django_filters.CharFilter("category__code")
    market = django_filters.CharFilter("listings__market__code")

    def offered(self) -> dict[str, forms.Field]:
        """Three statements."""
        mine = Supplier.objects.visible_to(self.request.user)
        categories = Category.objects.filter(products__supplier__in=mine).distinct().order_by("name")
        return {
            "supplier": choice_of(mine.order_by("code"), _("Supplier"), _("All suppliers")),
            "category": choice_of(categories, _("Category"), _("All categories")),
            "market": choice_of(Market.objects.order_by("code"), _("Market"), _("All markets")),
        }

    @property
    def selects(self) -> list[BoundField]:
        return [self.form[name] for name in ("supplier", "category", "market")]
