"""What is read of a hold to decide on it."""

from django.db.models import Max, Q

from accounts.signature import digest
from activity.models import Event
from inspections.models import Hold

TOLD = ("hold.", "finding.", "inspection.", "units.", "typing_error.")


def digest_of(hold: Hold) -> str:
    """Names what a hold rests on and covers, as somebody reads it before signing: anything else of the batch that was found,
    answered, decided or ended since makes it another. One statement."""
    kinds = Q()
    for beginning in TOLD:
        kinds |= Q(kind__startswith=beginning)
    last = Event.objects.filter(kinds, stream=hold.batch.stream).aggregate(last=Max("id"))["last"]
    return digest(
        hold.uid, hold.status, hold.remaining, hold.sorted_out, hold.is_critical, hold.to_countersign_id, last
    )
