"""Features: the folders of an app, whose modules register what they hold."""

import pkgutil
from importlib import import_module
from importlib.util import find_spec


def load_features(app: str, *names: str) -> None:
    """Import the modules of these names (`story`, `receivers`, `tasks`, `admin`) from all folders of an app."""
    for folder in pkgutil.iter_modules(import_module(app).__path__):
        for name in names:
            if folder.ispkg and find_spec(f"{app}.{folder.name}.{name}"):
                import_module(f"{app}.{folder.name}.{name}")
