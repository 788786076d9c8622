from django.urls.converters import StringConverter

from activity.opaque import hide, reveal


class TextConverter(StringConverter):
    """`<text:...>` takes what `<str:...>` takes, but for NUL, which PostgreSQL cannot even look for."""

    regex = r"[^/\x00]+"


class HiddenConverter:
    """`<hidden:pk>`: the number of a row, which the address does not say."""

    regex = "[0-9a-f]{24}"

    def to_python(self, value: str) -> int:
        number = reveal(value)
        if number is None:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return hide(value)
