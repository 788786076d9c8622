from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from accounts.models import User
from activity.services import record_event
from activity.transactions import one_transaction


class Command(BaseCommand):
    help = "Take away the second factors and passkeys of a user who has lost them. The user is told by mail."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        with one_transaction():
            user = User.objects.select_for_update().filter(username=username).first()
            if user is None:
                raise CommandError(f"There is no user {username}.")
            for factor in Authenticator.objects.filter(user=user).order_by("pk"):
                record_event("user.factor_removed", user.stream, at=now(), actor=None, type=factor.type)
                factor.delete()
        if user.email:
            site = {"name": "Holdfast", "domain": settings.SITE_URL}
            said = {"user": user, "timestamp": now(), "ip": "–", "user_agent": "manage.py", "current_site": site}
            get_adapter().render_mail("mfa/email/totp_deactivated", user.email, said).send()
