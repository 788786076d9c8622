"""Suppliers and products over the API."""

import django_filters
from django.db.models import Prefetch
from django.urls import path
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.response import Response

from activity.api import Input, idempotent
from activity.errors import InvalidInput
from suppliers.models import Category, Listing, Product, Supplier, code_validator
from suppliers.services import create_product, create_supplier


class SupplierRow(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    contact_email = serializers.CharField()
    created_at = serializers.DateTimeField()


class NewSupplier(Input):
    code = serializers.CharField(max_length=40, validators=[code_validator])
    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    contact_email = serializers.EmailField(required=False, allow_blank=True, max_length=254)


class SupplierList(ListAPIView):
    permissions = {"GET": None, "POST": "suppliers.manage"}
    serializer_class = SupplierRow

    def get_queryset(self):
        return Supplier.objects.visible_to(self.request.user)

    @extend_schema(request=NewSupplier, responses={201: SupplierRow})
    @idempotent
    def post(self, request):
        supplier = create_supplier(**NewSupplier.of(request), actor=request.user, at=now())
        return Response(SupplierRow(supplier).data, status=201)


class SupplierOne(RetrieveAPIView):
    permissions = {"GET": None}
    serializer_class = SupplierRow
    lookup_field = "code"

    def get_queryset(self):
        return Supplier.objects.visible_to(self.request.user)


class ProductRow(serializers.Serializer):
    sku = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    supplier = serializers.CharField(source="supplier.code")
    category = serializers.CharField(source="category.code")
    model = serializers.SerializerMethodField(
        help_text="SKUs of one model are the same product by several suppliers. Not told to suppliers."
    )
    markets = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_model(self, product: Product) -> str:
        return product.model_code if self.context["request"].user.has_perm("suppliers.see_all") else ""

    def get_markets(self, product: Product) -> list[str]:
        return sorted(listing.market.code for listing in product.listings.all())


class NewProduct(Input):
    sku = serializers.CharField(max_length=60, validators=[code_validator])
    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    supplier = serializers.CharField(help_text="Code")
    category = serializers.CharField(help_text="Code, such as electrical_appliance")
    model = serializers.CharField(required=False, allow_blank=True, max_length=60)
    markets = serializers.ListField(
        child=serializers.CharField(), default=[], max_length=100, help_text="Codes, such as US"
    )


class ProductFilters(django_filters.FilterSet):
    supplier = django_filters.CharFilter("supplier__code")
    category = django_filters.CharFilter("category__code")
    market = django_filters.CharFilter("listings__market__code")


def visible_products(user):
    listings = Listing.objects.select_related("market")
    return (
        Product.objects.visible_to(user)
        .select_related("supplier", "category")
        .prefetch_related(Prefetch("listings", listings))
    )


class ProductList(ListAPIView):
    permissions = {"GET": None, "POST": "suppliers.manage"}
    serializer_class = ProductRow
    filterset_class = ProductFilters

    def get_queryset(self):
        return visible_products(self.request.user)

    @extend_schema(request=NewProduct, responses={201: ProductRow})
    @idempotent
    def post(self, request):
        sent = NewProduct.of(request)
        sent["supplier"] = _by_code("supplier", Supplier.objects.visible_to(request.user), sent["supplier"])
        sent["category"] = _by_code("category", Category.objects.all(), sent["category"])
        sent["model_code"] = sent.pop("model", "")
        product = create_product(**sent, actor=request.user, at=now())
        return Response(ProductRow(product, context=self.get_serializer_context()).data, status=201)


def _by_code(field: str, queryset, code: str):
    """Raises InvalidInput naming the field when there is none that the reader may see."""
    found = queryset.filter(code=code).first()
    if found is None:
        raise InvalidInput.one(field, f"unknown_{field}", _("There is no %(code)s here.") % {"code": code})
    return found


class ProductOne(RetrieveAPIView):
    permissions = {"GET": None}
    serializer_class = ProductRow
    lookup_field = "sku"

    def get_queryset(self):
        return visible_products(self.request.user)


urlpatterns = [
    path("suppliers/", SupplierList.as_view(), name="api-supplier-list"),
    path("suppliers/<text:code>/", SupplierOne.as_view(), name="api-supplier"),
    path("products/", ProductList.as_view(), name="api-product-list"),
    path("products/<text:sku>/", ProductOne.as_view(), name="api-product"),
]
