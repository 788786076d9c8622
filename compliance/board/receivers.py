"""What ends with a new password."""

from datetime import datetime

from django.dispatch import receiver as connect

from accounts.models import User
from accounts.services import access_ended
from compliance.board.services import revoke_feed


@connect(access_ended, dispatch_uid="calendar-feeds")
def end_calendar_address(sender: type[User], user: User, actor: User, at: datetime, **kwargs: object) -> None:
    revoke_feed(user=user, actor=actor, at=at)
