from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from suppliers.models import Category, Listing, Market, Product, Supplier


def merchandisers() -> QuerySet[User]:
    """Who may look after a product, by user name."""
    return User.objects.filter(groups__name=Role.MERCHANDISER, is_active=True).order_by("username")


def suppliers_for_list(user: User, *, search: str = "") -> QuerySet[Supplier]:
    """Suppliers with how many products (`product_count`) and people (`member_count`) they have, by code. One query."""
    found = Supplier.objects.visible_to(user)
    if search:
        found = found.filter(
            Q(code__icontains=search) | Q(name__icontains=search) | Q(name_zh__icontains=search)
        )  # fmt: skip
    return found.annotate(
        product_count=Count("products", distinct=True), member_count=Count("memberships", distinct=True)
    ).order_by("code")


def products_for_list(
    user: User,
    *,
    search: str = "",
    supplier: Supplier | None = None,
    category: Category | None = None,
    market: Market | None = None,
) -> QuerySet[Product]:
    """Products with supplier, category, merchandiser and listings, by SKU. Two queries."""
    found = Product.objects.visible_to(user)
    if search:
        found = found.filter(Q(sku__icontains=search) | Q(name__icontains=search) | Q(name_zh__icontains=search))
    if supplier:
        found = found.filter(supplier=supplier)
    if category:
        found = found.filter(category=category)
    if market:
        found = found.filter(listings__market=market)
    listings = Prefetch("listings", Listing.objects.select_related("market").order_by("market__code"))
    return found.select_related("supplier", "category", "merchandiser").prefetch_related(listings).order_by("sku")
