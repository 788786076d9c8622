from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from inspections.demo.catalogue import HAILAN
from inspections.demo.tell import tell
from suppliers.models import Supplier


class Command(BaseCommand):
    help = "Make the demo data, once: people, products, and batches in every state. Only with DEMO=1."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("The demo's passwords are public: it is made only where DEMO=1 is set.")
        if Supplier.objects.filter(code=HAILAN).exists():
            return
        with transaction.atomic():
            tell(now())
        self.stdout.write("The demo data is there.")
