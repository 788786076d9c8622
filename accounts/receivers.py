"""What allauth changes of an account is on the record, in the transaction of the page that changes it."""

from allauth.account.signals import email_added, email_removed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.utils.timezone import now

from activity.services import record_event
from activity.transactions import one_transaction


@receiver(email_added)
def note_added_address(user, email_address, **kwargs) -> None:
    with one_transaction():
        record_event("user.email_added", user.stream, at=now(), actor=user, email=email_address.email)


@receiver(email_removed)
def note_removed_address(user, email_address, **kwargs) -> None:
    with one_transaction():
        record_event("user.email_removed", user.stream, at=now(), actor=user, email=email_address.email)


def _factor(kind: str):
    def note(user, authenticator, **kwargs) -> None:
        with one_transaction():
            record_event(kind, user.stream, at=now(), actor=user, type=authenticator.type)

    return note


FACTORS = [
    (authenticator_added, _factor("user.factor_added")),
    (authenticator_removed, _factor("user.factor_removed")),
    (authenticator_reset, _factor("user.factor_renewed")),
]
for signal, note in FACTORS:
    signal.connect(note)
