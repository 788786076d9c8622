from django.db.models import Count, Prefetch, QuerySet

from accounts.models import User
from accounts.roles import Role
from suppliers.models import Listing, Product, Supplier


def merchandisers() -> QuerySet[User]:
    """Who may look after a product, by user name."""
    return User.objects.filter(groups__name=Role.MERCHANDISER, is_active=True).order_by("username")


def suppliers_for_list(user: User) -> QuerySet[Supplier]:
    """Suppliers with how many products (`product_count`) and people (`member_count`) they have, by code. One query."""
    return (
        Supplier.objects.visible_to(user)
        .annotate(product_count=Count("products", distinct=True), member_count=Count("memberships", distinct=True))
        .order_by("code")
    )


def products_for_list(user: User) -> QuerySet[Product]:
    """Products with supplier, category, merchandiser and listings, by SKU. Two queries."""
    listings = Prefetch("listings", Listing.objects.select_related("market").order_by("market__code"))
    found = Product.objects.visible_to(user).select_related("supplier", "category", "merchandiser")
    return found.prefetch_related(listings).order_by("sku")
