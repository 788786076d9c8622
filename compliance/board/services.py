"""What somebody keeps for itself: views of the board, and the address of its calendar."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User, digest_of
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.models import CalendarFeed, SavedView

MOST_VIEWS = 20


@one_transaction()
def save_view(*, user: User, name: str, query: str, at: datetime) -> SavedView:
    """Keep a way of looking at the board; a view of the same name is replaced. Raises InvalidInput."""
    name = name.strip()
    if not name:
        raise InvalidInput.one("name", "required", _("Give the view a name."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.board_views.exclude(name=name).count() >= MOST_VIEWS:
        detail = _("There are %(most)s views already. Remove one first.") % {"most": MOST_VIEWS}
        raise InvalidInput.one("name", "too_many", detail)
    view, _made = SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query, "created_at": at})
    return view


def remove_view(*, view: SavedView) -> None:
    SavedView.objects.filter(pk=view.pk).delete()


@one_transaction()
def make_feed(*, user: User, at: datetime) -> CalendarFeed:
    """A new secret address for the user's calendar; the one before opens nothing from now on."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=at)
    feed = CalendarFeed(user=user, created_at=at)
    feed.digest = digest_of(feed.key)
    feed.save()
    record_event("calendar_feed.created", f"user:{user.username}", at=at, actor=user)
    return feed


@one_transaction()
def revoke_feed(*, user: User, actor: User, at: datetime) -> None:
    """From now on the address of the user's calendar opens nothing. Revoking twice is no error."""
    if CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=at):
        record_event("calendar_feed.revoked", f"user:{user.username}", at=at, actor=actor)
