from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from accounts.models import User, digest_of
from accounts.services import create_token, revoke_token

NAME = "command line"


class Command(BaseCommand):
    help = "Print an API token of a user, creating it if needed."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        try:
            user = User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {username}.") from None
        token = user.tokens.filter(name=NAME, revoked_at=None).first()
        if token and token.digest != digest_of(token.key):  # made under another SECRET_KEY
            revoke_token(token=token, actor=user, at=now())
            token = None
        self.stdout.write((token or create_token(user=user, name=NAME, at=now())).key)
