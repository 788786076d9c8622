from django.urls.converters import StringConverter


class TextConverter(StringConverter):
    """`<text:...>` takes what `<str:...>` takes, but for NUL, which PostgreSQL cannot even look for."""

    regex = r"[^/\x00]+"
