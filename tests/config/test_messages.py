"""Translations are compiled as gettext would, and every gap in them is found."""

import gettext
import os

from babel.messages.catalog import Catalog

from config import messages

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Batch"
msgstr "检验批"

msgid "%(n)d unit"
msgid_plural "%(n)d units"
msgstr[0] "%(n)d 件"

#, fuzzy
msgid "Hold"
msgstr "保持"
"""


def _catalogue(*ids, **translated):
    catalogue = Catalog(locale="zh_Hans")
    for message in ids:
        catalogue.add(message)
    for message, translation in translated.items():
        catalogue.add(message, translation)
    return catalogue


def test_a_catalogue_is_compiled_when_it_has_changed(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(PO)

    messages.compile_changed(tmp_path)

    translation = gettext.translation("django", tmp_path, ["zh_Hans"])
    assert translation.gettext("Batch") == "检验批"
    assert translation.ngettext("%(n)d unit", "%(n)d units", 5) % {"n": 5} == "5 件"
    assert translation.gettext("Hold") == "Hold"  # a guess is not shown
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]

    compiled = (folder / "django.mo").stat()
    messages.compile_changed(tmp_path)
    assert (folder / "django.mo").stat().st_ino == compiled.st_ino

    source.write_text(PO.replace("检验批", "批"))
    os.utime(source, ns=(compiled.st_mtime_ns + 1, compiled.st_mtime_ns + 1))
    messages.compile_changed(tmp_path)
    with (folder / "django.mo").open("rb") as compiled_again:
        assert gettext.GNUTranslations(compiled_again).gettext("Batch") == "批"


def test_no_gap_in_a_complete_catalogue():
    assert list(messages.gaps(_catalogue(Batch="检验批"), _catalogue("Batch"))) == []


def test_every_gap_is_named():
    catalogue = _catalogue(Batch="", Carton="箱")
    catalogue.add("Hold", "保持", flags=["fuzzy"])
    catalogue.add("%(n)d units", "%(m)d 件", flags=["python-format"])
    catalogue.add("Pass", "合格", context="verdict")

    assert sorted(messages.gaps(catalogue, _catalogue("Batch", "Hold", "%(n)d units", "Pass"))) == [
        "fuzzy: Hold",
        "not in the catalogue: Pass",
        "not translated: Batch",
        "unknown named placeholder 'm': %(n)d units",
        "used nowhere: Carton",
        "used nowhere: verdict | Pass",
    ]


def test_a_language_without_a_catalogue_and_a_catalogue_without_a_language_are_named(tmp_path):
    for name in ("zh_Hans", "th"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / name / "LC_MESSAGES" / "django.po").write_text(PO)

    assert list(messages.unmatched(["zh-hans", "th"], tmp_path)) == []
    assert list(messages.unmatched(["zh-hans", "vi"], tmp_path)) == [
        "vi: no catalogue for a language of the settings",
        "th: a catalogue for no language of the settings",
    ]
