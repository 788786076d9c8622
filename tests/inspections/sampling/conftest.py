"""The property tests here compute, so the first example may be slow and the next one not."""

from hypothesis import settings

settings.register_profile("computing", deadline=None)
settings.load_profile("computing")
