"""Where uploads are kept."""

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """A file is there as a whole, or not at all: where the disk is full, nothing of it stays."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        was_there = path.exists()
        try:
            return super()._save(name, content)  # type: ignore[misc] # Django's stubs lack it
        except OSError:
            if not was_there:
                path.unlink(missing_ok=True)
            raise
