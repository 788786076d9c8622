"""What makes an application of the site on a phone: its worker, its manifest, and the page of what is unsent."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.release import release
from accounts.requests import PageRequest
from inspections.offline.page import KEPT_PAGES, files_of_the_day

ICONS = [
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
]


@require_safe
def unsent(request: PageRequest) -> HttpResponse:
    """What this phone has not sent yet; a script fills it in from what the phone keeps."""
    return render(request, "inspections/offline/unsent.html")


@login_not_required
@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the whole site. It differs from release to release, so that browsers take over the new one."""
    known = {
        "release": release(),
        "pages": KEPT_PAGES,
        "files": files_of_the_day(release()),
        "missing": {code: page_missing(code) for code, _name in settings.LANGUAGES},
    }
    script = f'import {{ work }} from "{static("js/worker/main.js")}";\nwork({json.dumps(known)});\n'
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def page_missing(language: str) -> str:
    """The page of nobody that stands for one that the phone does not keep."""
    with translation.override(language):
        return render_to_string("inspections/offline/missing.html")


@login_not_required
@cache_control(max_age=3600)
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site among its applications (W3C Web Application Manifest)."""
    return JsonResponse(
        {
            "id": "/",
            "name": "Holdfast",
            "short_name": "Holdfast",
            "description": _("Inspecting batches, also without a network."),
            "lang": request.LANGUAGE_CODE,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f6f7f5",
            "theme_color": "#0f5c4a",
            "icons": [
                {"src": static(f"img/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
            "shortcuts": [{"name": _("Unsent"), "url": "/unsent/"}],
        },
        content_type="application/manifest+json",
    )
