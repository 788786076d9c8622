from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from suppliers.markets import FILE, UnusableMarket, load_markets
from suppliers.models import Market


class Command(BaseCommand):
    help = "Add the markets of a file that are not there yet, and let the others have the facts that it says."

    def add_arguments(self, parser):
        parser.add_argument("--file", type=Path, default=FILE)

    def handle(self, *args, file, **options):
        try:
            added = load_markets(Market, path=file)
        except UnusableMarket as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{added} markets added.")
