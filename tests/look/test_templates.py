"""Templates keep the promises that a strict Content-Security-Policy and two languages ask of them."""

import re
from pathlib import Path

import pytest

from config.bundles import STYLES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))
STYLESHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
SPRITE = (ROOT / "static" / "img" / "icons.svg").read_text()

COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", re.S)
TRANSLATED = re.compile(r"{% (?:blocktranslate|blocktrans)\b.*?{% (?:endblocktranslate|endblocktrans) %}", re.S)
CLASS_NAMES = re.compile(r"{% block shell_class %}.*?{% endblock", re.S)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
ELEMENT = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.S)
WORD = re.compile(r"[A-Za-z]{3,}")

NAMES = {"Holdfast", "ANSI", "ASQ", "SHA"}


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def without_tags(text: str) -> str:
    return TAG.sub("", text)


def shown(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


@shown(TEMPLATES)
def test_no_inline_style_script_or_handler(path):
    text = without_tags(source(path))

    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"<[^>]*\sstyle\s*=", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == []
    assert re.findall(r"<[^>]*\shx-on\b", text) == []
    assert re.findall(r"javascript:", text, re.I) == []
    for script in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script, script


@shown(TEMPLATES)
def test_nothing_comes_from_another_host(path):
    assert re.findall(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", source(path)) == []


# The style guide shows invented records, which stay as they are in any language.
@shown([path for path in TEMPLATES if "styleguide" not in path.parts])
def test_plain_text_is_translatable(path):
    text = without_tags(TRANSLATED.sub("", CLASS_NAMES.sub("{% endblock", source(path))))
    attributes = re.findall(r"\s(?:alt|title|placeholder|aria-label|data-label)=\"([^\"]*)\"", text)
    words = WORD.findall(ELEMENT.sub(" ", text)) + WORD.findall(" ".join(attributes))

    assert [word for word in words if word not in NAMES] == []


@shown(TEMPLATES)
def test_every_icon_exists(path):
    names = re.findall(r"icons\.svg' %}#([a-z-]+)", source(path))
    names += re.findall(r"components/icon\.html\" with name=\"([a-z-]+)\"", source(path))

    assert [name for name in names if f'id="{name}"' not in SPRITE] == []


@shown(TEMPLATES)
def test_every_included_template_and_static_file_exists(path):
    included = re.findall(r"{% (?:include|extends) \"((?:components|styleguide)/[^\"]+|base\.html)\"", source(path))
    static = re.findall(r"{% static '((?:css|js|img)/[^']+)' %}", source(path))

    assert [name for name in included if not (ROOT / "templates" / name).exists()] == []
    assert [name for name in static if not (ROOT / "static" / name).exists()] == []


@shown(sorted((ROOT / "templates" / "components").glob("*.html")))
def test_a_component_says_what_it_takes(path):
    assert path.read_text().startswith("{% comment %}\n")


@shown(STYLESHEETS)
def test_a_stylesheet_keeps_to_the_browsers_of_our_floor(path):
    """Chrome 105 and Safari 15.4 know neither of these; a rule that they cannot read is lost with its whole block."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)

    assert re.findall(r"light-dark\(|color-mix\(|:has\(|@container|@scope|text-wrap|\(width\s*[<>]", text) == []
    assert re.findall(r"https?://", text) == []
    assert f"css/{path.name}" in STYLES or "@import" not in text
    assert re.findall(r"box-shadow|text-shadow", text) == []
    assert re.findall(r"^\s*&", text, re.M) == []


NEWER = (
    r"\(\?<[=!]|AbortSignal\.(?:timeout|any)|withResolvers|groupBy\(|\.to(?:Sorted|Reversed|Spliced)\(|Array\.fromAsync|requestIdleCallback|"
    r"static \{|Response\.json|popover|startViewTransition|OffscreenCanvas|CompressionStream|URLPattern|checkVisibility|scrollend|"
    r"isSubsetOf|\.(?:union|intersection|difference)\(|Intl\.(?:Segmenter|DurationFormat)|import\.meta|with \{ type:"
)


def test_scripts_keep_to_the_browsers_of_our_floor():
    """Chrome 105 or Safari 15.4 lacks each of these; a word that it cannot read stops a whole script."""
    found = {path.name: re.findall(NEWER, path.read_text()) for path in (ROOT / "static" / "js").rglob("*.js")}

    assert {name: newer for name, newer in found.items() if newer} == {}


@shown([path for path in STYLESHEETS if path.name not in {"tokens.css", "print.css"}])
def test_a_stylesheet_takes_its_colours_from_the_tokens(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)

    # A QR code and a label to print are black on white in the dark too, and so is a page of a paper, with what is marked on
    # it; a backdrop inherits no tokens.
    on_paper = {"#000000", "#ffffff", "#1a7545", "#8a5a00", "#b3261e"}
    assert set(re.findall(r"#[0-9a-f]{3,8}\b|rgba?\([^)]*\)", text)) <= on_paper | {"rgba(16, 22, 20, 0.5)"}
