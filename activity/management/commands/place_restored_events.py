from django.core.management.base import BaseCommand

from activity.feed import place_restored


class Command(BaseCommand):
    help = "Place events that were restored from another server before all that this one writes. Quick where none were."

    def handle(self, *args: object, **options: object) -> None:
        if count := place_restored():
            self.stdout.write(f"{count} restored events come before what is written here.")
