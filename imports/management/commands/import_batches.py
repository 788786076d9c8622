import sys
import time
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from accounts.models import User
from activity.errors import RuleBroken
from imports.models import Import, ImportStatus
from imports.services.sending import apply_import, start_import
from imports.services.working import WAITING, run_next_import


class Command(BaseCommand):
    help = (
        "Check a CSV or XLSX file of batches or of inspection results, and name every row that is wrong. With --apply, "
        "store it when nothing is: all of it or nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="store what the file holds, if all of it is right")
        parser.add_argument("--user", help="who imports; without it the first administrator")

    def handle(self, *args, file: Path, apply: bool, user: str | None, **options):
        actor = self.actor(user)
        try:
            content = SimpleUploadedFile(file.name, file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        try:
            imported = start_import(file=content, actor=actor, at=now())
            self.finish(imported)
            if apply and imported.status == ImportStatus.CHECKED:
                apply_import(checked=imported, actor=actor, at=now())
                self.finish(imported)
        except RuleBroken as error:
            raise CommandError(f"{file}: {error}") from None
        if imported.errors:
            for wrong in imported.errors:
                where = [f"line {wrong['line']}"] if wrong["line"] else []
                where += [wrong["column"]] if wrong["column"] else []
                self.stderr.write(": ".join([str(file), *where, wrong["detail"]]))
            raise CommandError(f"{file}: {len(imported.errors)} errors, nothing was stored.")
        done = "stored" if imported.status == ImportStatus.DONE else "right; --apply stores them"
        self.stdout.write(f"{file}: {imported.rows_total:,} rows of {imported.get_kind_display()}, {done}.")

    def actor(self, username: str | None) -> User:
        users = User.objects.filter(is_active=True).order_by("id")
        found = (users.filter(username=username) if username else users.filter(is_superuser=True)).first()
        if found is None:
            raise CommandError(f"There is no user {username}." if username else "Say who imports: --user USERNAME")
        return found

    def finish(self, imported: Import) -> None:
        """Do the work here, or watch a worker that was quicker."""
        while True:
            worked = run_next_import(now=now(), report=self.report)
            imported.refresh_from_db()
            if imported.status not in WAITING:
                break
            if not worked:
                self.report(imported.rows_done, imported.rows_total)
                time.sleep(0.5)
        if sys.stderr.isatty():
            self.stderr.write("")

    def report(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            bar = "#" * (40 * done // total)
            self.stderr.write(f"\r[{bar:<40}] {done:,} of {total:,}", ending="")
            self.stderr.flush()
