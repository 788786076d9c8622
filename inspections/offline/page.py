"""Which pages and files a phone keeps, to open them without a network."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

# Addresses of the pages of an inspector's day, as patterns for JavaScript.
KEPT_PAGES = [
    "^/$",
    "^/unsent/$",
    "^/inspections/$",
    "^/inspections/[0-9a-f-]{36}/(record/|picks/|abandon/)?$",
    "^/batches/$",
    "^/batches/[^/+]+/$",
    "^/batches/[^/+]+/findings/new/$",
    "^/samples/$",
    "^/samples/[0-9a-f-]{36}/(check/)?$",
    "^/holds/$",
    "^/holds/[0-9a-f-]{36}/$",
]
# What those pages are made of; what else they show is kept as it is met.
FILES_OF_THE_DAY = [
    "css/*.css",
    "css/pages/accounts/entrance.css",
    "css/pages/catalogue/reference.css",
    "css/pages/home/desk.css",
    "css/pages/hold/hold.css",
    "css/pages/inspection/*.css",
    "css/pages/sample/*.css",
    "img/*.svg",
    "js/dialog.js",
    "js/drop.js",
    "js/http.js",
    "js/menu.js",
    "js/picks.js",
    "js/print.js",
    "js/sign.js",
    "js/theme.js",
    "js/toast.js",
    "js/entry/conflict.js",
    "js/entry/dom.js",
    "js/entry/page.js",
    "js/entry/photos.js",
    "js/entry/readings.js",
    "js/entry/reference.js",
    "js/entry/shrink.js",
    "js/entry/words.js",
    "js/outbox/*.js",
    "js/sample/*.js",
]


@cache
def files_of_the_day(release: str) -> list[str]:
    """Their addresses in a release, under the names that change with what is in them."""
    root = Path(settings.BASE_DIR) / "static"
    found = sorted({path.relative_to(root) for pattern in FILES_OF_THE_DAY for path in root.glob(pattern)})
    return [static(path.as_posix()) for path in found]
