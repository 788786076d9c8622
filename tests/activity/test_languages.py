"""One function picks a text by the reader's language, and nobody else asks which language that is."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from activity.languages import local_name, pick
from config.architecture import APPS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (*APPS, "config", "templates", "static/js")
ASKS = re.compile(r"""startsWith\(["']zh|startswith\(["']zh|\bis_chinese\b|LANGUAGE_CODE\s*[!=]=\s*["']""")


@pytest.mark.parametrize(
    ("language", "told", "picked"),
    [
        ("en", {"name": "Kettle", "name_zh": "电热水壶"}, "Kettle"),
        ("zh-hans", {"name": "Kettle", "name_zh": "电热水壶"}, "电热水壶"),
        ("vi", {"name": "Kettle", "name_zh": "电热水壶"}, "Kettle"),
        ("zh-hans", {"name": "Kettle", "name_zh": ""}, "Kettle"),
        ("en", {"name": "", "name_zh": "电热水壶"}, "电热水壶"),
        ("vi", {"name": "", "name_zh": "电热水壶"}, "电热水壶"),
        ("vi", {"name": "", "name_zh": ""}, ""),
    ],
)
def test_a_name_is_in_the_readers_language_else_in_english_else_in_whichever_there_is(language, told, picked):
    with override(language):
        assert local_name(told) == picked


def test_one_more_language_of_data_is_one_more_argument():
    with override("pt-br"):
        assert pick(en="Kettle", zh="电热水壶", pt="Chaleira") == "Chaleira"


def test_without_a_language_it_is_english():
    with override(None):
        assert pick(en="Kettle", zh="电热水壶") == "Kettle"


def test_nobody_else_asks_for_the_readers_language():
    asking = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".js", ".txt", ".typ"} and ASKS.search(path.read_text())
    ]

    assert asking == []
