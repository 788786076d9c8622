"""Static files with hashed names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also follow the imports between our own JavaScript modules (static/js/), and nobody else's.

    Django's `support_js_module_import_aggregation` looks into every file and breaks on those of django-htmx.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    r"""(?P<matched>import(?P<import>[\s\{].*?|\s*)\s*from\s*["'](?P<url>\.{1,2}/.*?)["'])""",
                    """import%(import)s from "%(url)s\"""",
                ),
            ),
        ),
    )
