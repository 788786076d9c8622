from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.navigation import menu_for
from accounts.release import PAGES, release

THEMES = ("light", "dark")


def chrome(request: HttpRequest) -> dict[str, Any]:
    """What is around every page: the menu and the chosen theme ("" follows the device)."""
    theme = request.COOKIES.get("theme", "")
    return {
        "release": release(),
        "pages": PAGES,
        "theme": theme if theme in THEMES else "",
        "nav": SimpleLazyObject(lambda: menu_for(request.user, request.path) if request.user.is_authenticated else []),
    }
