"""A pilot run that failed, or was stopped with bad units, counts until a second person signs otherwise, and is not repeated
until it passes (R13)."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import PilotRun, PilotStatus, PilotVerdict, PilotWord, PilotWordKind
from inspections.pilot.reads import FAILED, STOPPED_BADLY, digest_of, facts_of, lock_run
from suppliers.models import Product

# What is said about a run by others than those who made it.
SAID_OF_IT = ("pilot.carried_over", "pilot.word_signed")


class PilotNotFailed(RuleBroken):
    code = "pilot_not_failed"
    detail = gettext_lazy(
        "Only a run that failed, or was stopped after units had come back bad, needs a word. This one needs none."
    )


class PilotWordSigned(RuleBroken):
    code = "pilot_word_signed"
    detail = gettext_lazy("Somebody has signed what becomes of this run already.")


class PartakerMayNotSign(NotAllowed):
    code = "partaker_may_not_sign"
    detail = gettext_lazy(
        "Who planned, recorded or concluded a pilot run does not sign what becomes of it. Ask another person who may decide holds."
    )


class PilotFailedBefore(RuleBroken):
    code = "pilot_failed_before"

    def __init__(self, run: PilotRun):
        text = _(
            "Pilot run %(run)s failed. Before another is planned, a person who had no part in it signs on its page that what "
            "failed was mended, or that its samples were invalid."
        )
        if run.status == PilotStatus.STOPPED:
            text = _(
                "Pilot run %(run)s was stopped after units had come back bad. Before another is planned, a person who had no part "
                "in it signs on its page that what was bad was mended, or that its samples were invalid."
            )
        super().__init__(text % {"run": run.code}, run=str(run.uid))


def who_took_part(run: PilotRun) -> set[int]:
    """The ids of everyone who ever planned, started, recorded or concluded something of a run, by what happened: a unit names
    who recorded it last."""
    told = Event.objects.filter(stream=run.stream, kind__startswith="pilot.", data__run=str(run.uid))
    actors = told.exclude(kind__in=SAID_OF_IT).exclude(actor=None).values_list("actor", flat=True)
    return {run.planned_by_id, *actors} | ({run.concluded_by_id} if run.concluded_by_id else set())


def failure_to_answer(product: Product) -> PilotRun | None:
    """The product's last run that was concluded, or stopped badly, and counts, where nobody has signed what becomes of it though
    it asks for that."""
    ended = product.pilot_runs.filter(Q(status=PilotStatus.CONCLUDED) | STOPPED_BADLY)
    last = ended.exclude(word__kind=PilotWordKind.INVALID_SAMPLE).select_related("word").order_by("-ordinal").first()
    if last is None or hasattr(last, "word") or not (has_failed(last) or last.status == PilotStatus.STOPPED):
        return None
    last.product = product
    return last


def require_failures_answered(product: Product) -> None:
    """Raises PilotFailedBefore."""
    if failed := failure_to_answer(product):
        raise PilotFailedBefore(failed)


def has_failed(run: PilotRun) -> bool:
    return run.verdict == PilotVerdict.FAIL or run.failed_late_at is not None


def asks_for_word(run: PilotRun) -> bool:
    """Whether a second person has to sign what becomes of it before another follows. One statement."""
    return PilotRun.objects.filter(FAILED | STOPPED_BADLY, pk=run.pk).exists()


@one_transaction()
def sign_failure(
    *, run: PilotRun, kind: str, reason: str, signature: str, actor: User, at: datetime, digest: str | None = None
) -> PilotWord:
    """Sign of a run that failed or was stopped with bad units that its samples were invalid, so that it does not count, or that
    what failed was mended.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Raises
    InvalidInput, ChangedMeanwhile, PilotNotFailed, PilotWordSigned,
    PartakerMayNotSign, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if kind not in PilotWordKind.values:
        choices = ", ".join(PilotWordKind.values)
        raise InvalidInput.one("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": choices})
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say what was wrong, or what was done; it stays on the record."))
    run = lock_run(run)
    if digest is not None:
        require_shown(digest, digest_of(run))
    if not asks_for_word(run):
        raise PilotNotFailed
    if PilotWord.objects.filter(run=run).exists():
        raise PilotWordSigned
    if actor.pk in who_took_part(run):
        raise PartakerMayNotSign
    word = PilotWord.objects.create(
        run=run, kind=kind, reason=reason.strip(), signature=signature, signed_at=at, signed_by=actor
    )
    record_event(
        "pilot.word_signed",
        run.stream,
        at=at,
        actor=actor,
        **facts_of(run),
        word=kind,
        reason=word.reason,
        signature=signature,
    )
    return word
