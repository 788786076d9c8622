"""Beat, which asks for what is due though every nudge was lost."""

from celery.beat import Service
from django.conf import settings

from config.beat import Beat
from config.celery import app


def test_beat_starts_though_a_crash_has_torn_what_it_once_kept(tmp_path):
    torn = tmp_path / "celerybeat-schedule"
    for name in (torn, *(torn.with_suffix(suffix) for suffix in (".dat", ".dir", ".bak", ".db"))):
        name.write_bytes(b"'entries', (0, 5)")

    scheduler = Service(app, schedule_filename=str(torn), scheduler_cls=app.conf.beat_scheduler).scheduler

    assert isinstance(scheduler, Beat)
    assert set(settings.CELERY_BEAT_SCHEDULE) <= set(scheduler.schedule)
