"""Static files with hashed names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config import bundles

OURS = ("css", "js", "img")  # the folders of static/


class FloorCompressor(Compressor):
    """Brotli for what the pages of the product load; it takes ten times as long as gzip, which does for the back office."""

    def __init__(self, root: str, **options: Any) -> None:
        super().__init__(**options)
        self._root = root
        self._gzip_alone = Compressor(**options, use_brotli=False)

    def compress(self, path: str) -> Any:
        folder = Path(path).relative_to(self._root).parts[0]
        return super().compress(path) if folder in OURS else self._gzip_alone.compress(path)


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
                (r"""(?P<matched>import\(["'](?P<url>\.{1,2}/.*?)["']\))""", """import("%(url)s")"""),
            ),
        ),
    )

    def create_compressor(self, **options: Any) -> Compressor:
        return FloorCompressor(self.location, **options)

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
        makers = (
            (bundles.STYLES, bundles.style_sheet, "text/css"),
            (bundles.MODULES, bundles.module, "text/javascript"),
        )
        for names, make, kind in makers:
            for name in names:
                if name in sources:
                    text = bundles.shortened(kind, make(name, read))
                    self.delete(name)
                    self._save(name, ContentFile(text.encode()))
                    paths[name] = (self, name)
