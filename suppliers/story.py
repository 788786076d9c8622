"""What happened to suppliers and products, in sentences, and the stories that their pages show."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Event
from activity.published import TEXT, Member, Subject, subjects
from activity.queries import story_of
from activity.story import (
    WAITING,
    WARNING,
    Sentence,
    add_sentences,
    event_sentence,
    kinds_for_suppliers,
    kinds_told_elsewhere,
)
from suppliers.models import Category, Listing, Market, Product, Supplier


def _product_created(data: dict) -> Sentence:
    return _("Product created"), " · ".join([data["name"], *data["markets"]]), WAITING


def _changes(model: type[Model]) -> Callable[[dict], str]:
    """What differs of a record, each by the name of its field: "Category: Toys → Home goods"."""

    def told_of(data: dict) -> str:
        return " · ".join(
            _("%(name)s: %(before)s → %(after)s")
            % {"name": capfirst(_label(model, name)), "before": before or "–", "after": after or "–"}
            for name, (before, after) in data["changes"].items()
        )

    return told_of


def _label(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def story_for(user: User, stream: str) -> QuerySet[Event]:
    """What happened to a batch, oldest first, as far as it is the user's business (R5). One statement."""
    story = story_of(stream).exclude(kind__in=NOISE)
    return story if user.has_perm("suppliers.see_all") else story.filter(kind__in=kinds_for_suppliers())


# Each keystroke's autosave is an event too; the page of the inspection shows those.
NOISE = ["result.recorded"]
STEPS_SHOWN = 40


def told(user: User, events: Iterable[Event]) -> list[dict]:
    """Entries for components/timeline.html. Who did it is named within the team alone."""
    sees_names = user.has_perm("suppliers.see_all")
    entries = []
    for event in events:
        title, text, tone = event_sentence(event)
        name = event.actor.display_name if event.actor and sees_names else ""
        entries.append(
            {"at": localtime(event.at), "tone": tone, "title": title, "text": " · ".join(filter(None, [text, name]))}
        )
    return entries


def story_within_the_team(user: User, stream: str) -> list[dict]:
    """The newest steps of a supplier's or product's story, oldest first; nothing for suppliers. One statement or none."""
    if not user.has_perm("suppliers.see_all"):
        return []
    newest = story_of(stream).exclude(kind__in=kinds_told_elsewhere()).order_by("-id")[:STEPS_SHOWN]
    return told(user, reversed(newest))


add_sentences(
    {
        "supplier.created": lambda data: (_("Supplier created"), data["name"], WAITING),
        "supplier.changed": lambda data: (_("Supplier changed"), _changes(Supplier)(data), WAITING),
        "category.created": lambda data: (_("Category created"), data["name"], WAITING),
        "category.changed": lambda data: (_("Category changed"), _changes(Category)(data), WAITING),
        "market.created": lambda data: (_("Market created"), data["name"], WAITING),
        "market.changed": lambda data: (_("Market changed"), _changes(Market)(data), WAITING),
        "membership.added": lambda data: (_("Member added"), data["user"], WAITING),
        "membership.removed": lambda data: (_("Member removed"), data["user"], WARNING),
        "product.created": _product_created,
        "product.changed": lambda data: (_("Product changed"), _changes(Product)(data), WAITING),
        "listing.added": lambda data: (_("Market added"), data["market"], WAITING),
    }
)


def _products(skus: set[str]) -> dict[str, dict[str, Any]]:
    known = Product.objects.filter(sku__in=skus).values_list("sku", "supplier__code")
    return {sku: {"product": sku, "supplier": supplier} for sku, supplier in known}


def _streams_of_products(user: User) -> QuerySet | None:
    if user.has_perm("suppliers.see_all"):
        return None
    return Product.objects.visible_to(user).values_list(Concat(Value("product:"), "sku", output_field=CharField()))


SKU = Member(TEXT, "HL-KT17-W", "SKU")
SUPPLIER = Member(TEXT, "HAILAN", "Code of the supplier")
subjects["product"] = Subject({"product": SKU, "supplier": SUPPLIER}, _products, _streams_of_products)


def _listings(names: set[str]) -> dict[str, dict[str, Any]]:
    """The name says it all, also of a listing that is there no more."""
    parts = {name: name.rpartition(":") for name in names}
    return {name: {"product": sku, "market": market} for name, (sku, _colon, market) in parts.items()}


def _streams_of_listings(user: User) -> QuerySet | None:
    if user.has_perm("suppliers.see_all"):
        return None
    of_listing = Concat(Value("listing:"), "product__sku", Value(":"), "market__code", output_field=CharField())
    return Listing.objects.visible_to(user).values_list(of_listing)


MARKET = Member(TEXT, "US", "Code of the market")
subjects["listing"] = Subject({"product": SKU, "market": MARKET}, _listings, _streams_of_listings)
