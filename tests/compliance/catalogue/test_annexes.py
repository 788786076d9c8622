"""The long lists become entries of the table like any other."""

import pytest

from compliance.catalogue.forms.reference import EntryForm
from compliance.catalogue.services.annexes import annexes
from compliance.catalogue.services.reference import edit_entry, load_annexes
from compliance.models import ReferenceEntry, ReferenceTable
from compliance.paper.reads import check_entry, restriction_of
from tests.compliance import catalogue_rows as catalogue
from tests.factories import NOON


@pytest.mark.django_db
def test_they_are_loaded_once_and_what_people_changed_stays(admin):
    assert load_annexes(at=NOON) == len(annexes())
    entry = ReferenceEntry.objects.get(key="eu-cos-iii-93")
    edit_entry(
        table=ReferenceTable.SUBSTANCES, key=entry.key, values={"limit": 1.0}, is_active=True, reason="Read again",
        revision=1, actor=admin, at=NOON,
    )  # fmt: skip

    assert load_annexes(at=NOON) == 0
    assert ReferenceEntry.objects.get(pk=entry.pk).data["limit"] == 1.0


def test_no_entry_stands_in_both_files_and_each_can_be_used():
    keys = [row["key"] for row in [*annexes(), *catalogue.rows("substances")]]

    assert len(keys) == len(set(keys))
    for row in annexes():
        check_entry("substances", row)
        assert row["source"] or row["verification"] == "known"


def test_what_a_person_confirms_is_sure_in_each_market_that_the_entry_names():
    row = next(row for row in annexes() if "SG" in row["markets"])

    assert restriction_of(row).told_in(frozenset({"SG"})).is_sure is False
    assert restriction_of(row).told_in(frozenset({"EU"})).is_sure is True
    assert restriction_of(row, is_confirmed=True).told_in(frozenset({"SG"})).is_sure is True


def test_factors_and_exemptions_are_edited_as_they_are_written():
    row = next(row for row in catalogue.rows("substances") if "exemptions" in row)
    entry = ReferenceEntry(table="substances", key=row["key"], data=row | {"factors": {"7439-92-1": 1}})
    unsent = EntryForm(entry=entry)
    sent = {name: unsent[name].value() for name in unsent.fields} | {"reason": "Read again", "token": "x"}

    form = EntryForm({name: value for name, value in sent.items() if value not in (None, False)}, entry=entry)
    form.is_valid()
    assert form.values == {}

    form = EntryForm(form.data | {"data-factors": '{"7439-92-1": 0.5}'}, entry=entry)
    form.is_valid()
    assert form.values == {"factors": {"7439-92-1": 0.5}}
