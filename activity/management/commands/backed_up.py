from django.core.management.base import BaseCommand
from django.utils.timezone import now

from activity.operations import BACKED_UP
from activity.services import record_event


class Command(BaseCommand):
    help = "Say that a backup has just ended well: the last line of whatever makes it. The page of how the site runs shows it."

    def handle(self, *args: object, **options: object) -> None:
        record_event(BACKED_UP, "site", at=now(), actor=None)
