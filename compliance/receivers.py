"""What this app does when something happened."""

from django.dispatch import receiver as connect

from activity.models import Event
from activity.services import recorded
from activity.transactions import at_the_end
from compliance.services.gates import IRRELEVANT, refresh_after


@connect(recorded, dispatch_uid="gates")
def keep_gates_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out anew whatever gates an event may matter to, once, when all else of its transaction is done."""
    if relevant := [event for event in events if event.kind not in IRRELEVANT]:
        at_the_end(refresh_after, relevant)
