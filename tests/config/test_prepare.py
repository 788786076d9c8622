"""What every start brings up to date, and leaves alone where nothing has changed."""

import os

import pytest
from django.core.management import call_command

from config import prepare


@pytest.fixture
def style(tmp_path, settings):
    """The one style sheet of a site that has no other static file."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"}}
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    style = tmp_path / "static" / "style.css"
    style.parent.mkdir()
    style.write_text("a { color: red }")
    return style


def test_static_files_are_collected_again_only_when_one_has_changed(style, settings):
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    prepare.collect_changed_static_files()
    collected = manifest.stat()

    prepare.collect_changed_static_files()
    assert manifest.stat().st_mtime_ns == collected.st_mtime_ns

    style.write_text("a { color: blue }")
    prepare.collect_changed_static_files()
    kept = {path.read_text(): path for path in settings.STATIC_ROOT.glob("style.*.css")}
    assert sorted(kept) == ["a { color: blue }", "a { color: red }"]  # pages that are open name the old one


def test_what_no_page_has_named_for_a_month_is_forgotten(style, settings):
    prepare.collect_changed_static_files()
    style.write_text("a { color: blue }")
    for path in settings.STATIC_ROOT.iterdir():
        os.utime(path, (0, 0))
    prepare.collect_changed_static_files()

    assert [path.read_text() for path in settings.STATIC_ROOT.glob("style.*.css")] == ["a { color: blue }"]


def test_a_collection_that_was_interrupted_is_made_again(style, settings):
    prepare.collect_changed_static_files()
    style.write_text("a { color: blue }")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)  # and killed before it was recorded

    prepare.collect_changed_static_files()

    assert (settings.STATIC_ROOT / ".collected-from").exists()
