from django.db.models import QuerySet

from activity.models import Event


def story_of(stream: str) -> QuerySet[Event]:
    """The events of one record in the order they happened, with who did them. One query."""
    return Event.objects.filter(stream=stream).select_related("actor").order_by("id")
