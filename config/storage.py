"""Static files with hashed names."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config import bundles


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also follow the imports between our own JavaScript modules (static/js/), and nobody else's, and fill the bundles.

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

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            self._fill_bundles(paths)
        yield from super().post_process(paths, dry_run, **options)

    def _fill_bundles(self, paths: dict[str, Any]) -> None:
        """Write each into the folder of collected files, from where it gets its hashed name."""

        def read(name: str) -> str:
            storage, path = sources[name]
            with storage.open(path) as file:
                return file.read().decode()

        sources = dict(paths)
        for names, make in ((bundles.STYLES, bundles.style_sheet), (bundles.MODULES, bundles.module)):
            for name in names:
                if name in sources:
                    text = make(name, read)
                    self.delete(name)
                    self._save(name, ContentFile(text.encode()))
                    paths[name] = (self, name)
