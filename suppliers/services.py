from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from suppliers.models import Category, Listing, Market, Product, Supplier, code_validator


def require_code(field: str, value: str, *, max_length: int) -> str:
    """A code people can type and a URL can carry. Raises InvalidInput naming the field."""
    value = value.strip()
    if not value or len(value) > max_length or not code_validator.regex.match(value):
        raise InvalidInput.one(
            field,
            "code",
            _("Use 1 to %(max)s letters, digits, dots, hyphens and underscores, and begin with a letter or digit.")
            % {"max": max_length},
        )
    return value


@one_transaction()
def create_supplier(
    *, code: str, name: str, actor: User, at: datetime, name_zh: str = "", contact_email: str = ""
) -> Supplier:
    """Raises InvalidInput for a code that is taken or unusable."""
    code = require_code("code", code, max_length=40)
    if Supplier.objects.filter(code=code).exists():
        raise InvalidInput.one("code", "duplicate", _("There is a supplier %(code)s already.") % {"code": code})
    supplier = Supplier.objects.create(
        code=code, name=name, name_zh=name_zh, contact_email=contact_email, created_at=at
    )
    record_event("supplier.created", f"supplier:{code}", at=at, actor=actor, name=name)
    return supplier


def markets_by_code(codes: Sequence[str]) -> list[Market]:
    """Raises InvalidInput naming every market that is not known."""
    markets = {market.code: market for market in Market.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in markets]:
        known = ", ".join(Market.objects.order_by("code").values_list("code", flat=True))
        raise InvalidInput(
            [
                FieldError(
                    "markets",
                    "unknown_market",
                    _("There is no market %(code)s. Known are: %(known)s.") % {"code": code, "known": known},
                )
                for code in unknown
            ]
        )
    return [markets[code] for code in dict.fromkeys(codes)]


@one_transaction()
def create_product(
    *,
    sku: str,
    name: str,
    supplier: Supplier,
    category: Category,
    markets: Sequence[str],
    actor: User,
    at: datetime,
    name_zh: str = "",
    merchandiser: User | None = None,
) -> Product:
    """A product with a listing per market. Raises InvalidInput for a SKU that is taken or an unknown market."""
    sku = require_code("sku", sku, max_length=60)
    if Product.objects.filter(sku=sku).exists():
        raise InvalidInput.one("sku", "duplicate", _("There is a product %(sku)s already.") % {"sku": sku})
    found = markets_by_code(markets)
    product = Product.objects.create(
        sku=sku,
        name=name,
        name_zh=name_zh,
        supplier=supplier,
        category=category,
        merchandiser=merchandiser,
        created_at=at,
    )
    Listing.objects.bulk_create([Listing(product=product, market=market) for market in found])
    record_event("product.created", f"product:{sku}", at=at, actor=actor, name=name, markets=[m.code for m in found])
    return product
