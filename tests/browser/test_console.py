"""The net under every browser test catches what it should."""

import pytest


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("console.error('a complaint')", "a complaint"),
        ("throw new Error('a fault')", "a fault"),
        ("document.body.setAttribute('style', 'color: red')", "CSP style-src-attr refused inline"),
        (
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')",
            "CSP script-src-attr refused",
        ),
    ],
)
def test_what_a_page_complains_about_is_noticed(open_page, console, source, complaint):
    page = open_page("/accounts/login/")
    assert console.unexpected() == []

    page.evaluate(f"setTimeout(() => {{ {source} }})")
    page.wait_for_timeout(300)

    assert any(complaint in each for each in console.unexpected())
    console.expected.append("")
