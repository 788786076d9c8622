"""Which release of the pages this is, for phones that keep pages of an earlier one."""

from django.contrib.staticfiles.storage import staticfiles_storage

# What pages and server say to each other while nobody reloads: raise PAGES where that changes, and OLDEST_PAGES where
# what older pages send is no longer understood. A page says its number with all that it sends later.
PAGES = 1
OLDEST_PAGES = 1


def release() -> str:
    """Changes with every static file; "unbuilt" where they are served as they lie."""
    return getattr(staticfiles_storage, "manifest_hash", "") or "unbuilt"
