"""No address of ours says the number of a row."""

import pytest
from django.urls import URLResolver, get_resolver
from django.urls.converters import IntConverter

# Numbers that people count by: the version of a specification, the page of a document.
COUNTED = {"version", "number"}


def numbered(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from numbered(pattern, route)
        else:
            for name, converter in pattern.pattern.converters.items():
                if isinstance(converter, IntConverter) and name not in COUNTED:
                    yield route


@pytest.mark.parametrize("inside", ["admin/"])
def test_addresses_name_no_row(inside):
    found = {route for route in numbered(get_resolver()) if not route.startswith(inside)}
    # allauth's own, which an address before it answers with 404.
    assert all(route.startswith("accounts/2fa/webauthn/keys/") for route in found)
