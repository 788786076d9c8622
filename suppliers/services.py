from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.errors import FieldError, InvalidInput
from activity.identifiers import Reading
from activity.languages import Text
from activity.looks import reading_of
from activity.services import happened, record_event, record_events
from activity.texts import NOT_TEXT, has_unseen, one_line
from activity.transactions import one_transaction
from suppliers.models import Category, Listing, Market, Membership, Product, Supplier, is_code


def require_code(field: str, value: str, *, max_length: int) -> str:
    """A code people can type and a URL can carry. Raises InvalidInput naming the field."""
    value = one_line(value)
    if not value or len(value) > max_length or not is_code(value):
        raise InvalidInput.one(
            field,
            "code",
            _("Use 1 to %(max)s letters, digits, dots, hyphens and underscores, and begin with a letter or digit.")
            % {"max": max_length},
        )
    return value


def require_names(**names: str) -> None:
    """Names in which everything is seen, and in the order in which it is written. Raises InvalidInput naming each other one."""
    if wrong := [field for field, name in names.items() if has_unseen(name)]:
        raise InvalidInput([FieldError(field, "control_character", NOT_TEXT) for field in wrong])


def _require_own_name(code: str, **names: str) -> None:
    """Raises InvalidInput for a name that people take for that of another supplier, though it is written otherwise."""
    require_names(**names)
    for field, name in names.items():
        if not name:
            continue
        others = Supplier.objects.exclude(code=code).annotate(reads=Reading(field)).filter(reads=reading_of(name))
        for there in others:
            if one_line(getattr(there, field)).casefold() != one_line(name).casefold():
                detail = _(
                    "%(name)s looks the same as the name of %(there)s. Write it otherwise, or use that supplier."
                )
                raise InvalidInput.one(field, "duplicate", detail % {"name": name, "there": there.code})


def _taken(field: str, code: str, there: str, detail: Text) -> InvalidInput:
    """For a code that is taken, by one that is written the same or looks the same."""
    if code != there:
        detail = _("%(code)s looks the same as %(there)s, which exists. Use that, or another code.")
    return InvalidInput.one(field, "duplicate", detail % {field: code, "code": code, "there": there})


@one_transaction()
def create_supplier(
    *, code: str, name: str, actor: User, at: datetime, name_zh: str = "", contact_email: str = ""
) -> Supplier:
    """Raises InvalidInput for a code that is taken or unusable."""
    code = require_code("code", code, max_length=40)
    if there := Supplier.objects.filter(code__reads_as=[code]).first():
        raise _taken("code", code, there.code, _("There is a supplier %(code)s already."))
    _require_own_name(code, name=name, name_zh=name_zh)
    supplier = Supplier.objects.create(
        code=code, name=name, name_zh=name_zh, contact_email=contact_email, created_at=at
    )
    record_event("supplier.created", f"supplier:{code}", at=at, actor=actor, name=name)
    return supplier


def _changed(record: Model, values: Mapping[str, Any]) -> dict[str, list]:
    """Set what differs, in memory: field -> [before, after] as `said`, empty when nothing differs."""
    changes = {}
    for field, value in values.items():
        before = getattr(record, field)
        if before != value:
            changes[field] = [said(before), said(value)]
            setattr(record, field, value)
    return changes


def said(value: Any) -> str:
    """A value as an event keeps it: as people name it, by its code where it has one, never the number of a row."""
    named = getattr(value, "code", None) or getattr(value, "username", None) or value
    return ", ".join(map(str, named)) if isinstance(named, list) else str(named or "")


@one_transaction()
def update_supplier(
    *, supplier: Supplier, name: str, name_zh: str, contact_email: str, actor: User, at: datetime
) -> Supplier:
    """Change what may change of a supplier; its code stays, since everything that happened is filed under it."""
    supplier = Supplier.objects.select_for_update().get(pk=supplier.pk)
    _require_own_name(supplier.code, name=name, name_zh=name_zh)
    if changes := _changed(supplier, {"name": name, "name_zh": name_zh, "contact_email": contact_email}):
        supplier.save(update_fields=list(changes))
        record_event("supplier.changed", f"supplier:{supplier.code}", at=at, actor=actor, changes=changes)
    return supplier


class NoSuchAccount(InvalidInput):
    def __init__(self, sign_in: str):
        detail = _("There is no supplier account with the name or e-mail %(name)s. An administrator makes accounts.")
        super().__init__([FieldError("user", "unknown_account", detail % {"name": sign_in})])


@one_transaction()
def add_member(*, supplier: Supplier, sign_in: str, actor: User, at: datetime) -> Membership:
    """Let a person see a supplier's records and answer its holds. `sign_in` is its user name or e-mail.

    Raises InvalidInput unless it is an active account of the role supplier, and not a member yet.
    """
    sign_in = sign_in.strip()
    user = (
        User.objects.filter(groups__name=Role.SUPPLIER, is_active=True)
        .filter(Q(username=sign_in) | Q(email__iexact=sign_in))
        .first()
    )
    if not sign_in or user is None:
        raise NoSuchAccount(sign_in)
    supplier = Supplier.objects.select_for_update().get(pk=supplier.pk)
    if supplier.memberships.filter(user=user).exists():
        raise InvalidInput.one("user", "duplicate", _("%(user)s is a member already.") % {"user": user.display_name})
    membership = Membership.objects.create(supplier=supplier, user=user)
    record_event("membership.added", f"supplier:{supplier.code}", at=at, actor=actor, user=user.username)
    return membership


@one_transaction()
def remove_member(*, membership: Membership, actor: User, at: datetime) -> None:
    """From now on the person sees nothing of the supplier. Removing twice is no error."""
    deleted, _by_model = Membership.objects.filter(pk=membership.pk).delete()
    if deleted:
        record_event(
            "membership.removed",
            f"supplier:{membership.supplier.code}",
            at=at,
            actor=actor,
            user=membership.user.username,
        )


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
    model_code: str = "",
) -> Product:
    """A product with a listing per market. Raises InvalidInput for a SKU that is taken or an unknown market."""
    sku = require_code("sku", sku, max_length=60)
    require_names(name=name, name_zh=name_zh)
    if model_code:
        model_code = require_code("model_code", model_code, max_length=60)
    if there := Product.objects.filter(sku__reads_as=[sku]).first():
        raise _taken("sku", sku, there.sku, _("There is a product %(sku)s already."))
    found = markets_by_code(markets)
    product = Product.objects.create(
        sku=sku,
        name=name,
        name_zh=name_zh,
        supplier=supplier,
        category=category,
        merchandiser=merchandiser,
        model_code=model_code,
        created_at=at,
    )
    Listing.objects.bulk_create([Listing(product=product, market=market) for market in found])
    record_event("product.created", f"product:{sku}", at=at, actor=actor, name=name, markets=[m.code for m in found])
    return product


@one_transaction()
def update_product(
    *,
    product: Product,
    name: str,
    name_zh: str,
    category: Category,
    merchandiser: User | None,
    model_code: str,
    new_markets: Sequence[str],
    actor: User,
    at: datetime,
) -> Product:
    """Change what may change of a product, and list it in more markets. Its SKU and its supplier stay.

    Raises InvalidInput for an unknown market; a market that it has already is left as it is.
    """
    found = markets_by_code(new_markets)
    require_names(name=name, name_zh=name_zh)
    if model_code:
        model_code = require_code("model_code", model_code, max_length=60)
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    values = {
        "name": name,
        "name_zh": name_zh,
        "category": category,
        "merchandiser": merchandiser,
        "model_code": model_code,
    }
    events = []
    if changes := _changed(product, values):
        product.save(update_fields=list(changes))
        events.append(happened("product.changed", f"product:{product.sku}", at=at, actor=actor, changes=changes))
    listed = set(product.listings.values_list("market_id", flat=True))
    for market in found:
        if market.pk not in listed:
            Listing.objects.create(product=product, market=market)
            events.append(happened("listing.added", f"product:{product.sku}", at=at, actor=actor, market=market.code))
    if events:
        record_events(events)
    return product
