from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from compliance.catalogue.services.reference import load_annexes, load_reference
from compliance.catalogue.services.requirements import FILE, load_catalogue
from compliance.models import ProposalStatus


class Command(BaseCommand):
    help = "Load a file of compliance requirements; a newer file than the loaded one becomes proposed changes."

    def add_arguments(self, parser):
        parser.add_argument("--file", type=Path, default=FILE)

    def handle(self, *args, file, **options):
        version = load_catalogue(path=file, at=now())
        load_reference(path=file, at=now())
        load_annexes(at=now())
        waiting = version.proposals.filter(status=ProposalStatus.OPEN).count()
        self.stdout.write(f"Requirements as of {version}; {waiting} proposed changes wait for a decision.")
