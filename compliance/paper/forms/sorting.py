"""The table in which a person confirms what files are for: one small form a row."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activity.forms import DayField, field_of
from compliance.models import Document, Requirement
from compliance.paper.forms.papers import ListingsField
from compliance.paper.page.sorting import Place, Sorted, Want
from compliance.paper.reads import Tables
from compliance.paper.services.handing_in import Bundle
from compliance.paper.services.proposals import columns_of, input_of, pages_of, proposed
from suppliers.models import Listing

MOST_ROWS = 200


class RowForm(forms.Form):
    """What one file is for. `take` is never ticked by itself but where the file says what it is.

    What is not in the table, the paper says by what was read in it for the requirement that is chosen.
    """

    take = forms.BooleanField(label=_("Hand in"), required=False)
    document = forms.UUIDField(widget=forms.HiddenInput)
    requirement = forms.ChoiceField(label=_("Requirement"), required=False)
    listings = ListingsField(Listing.objects.none(), label=_("Products and markets that it is for"), required=False)
    number = forms.CharField(label=_("Number"), max_length=120, required=False)
    issued_on = DayField(label=_("Issued on"), required=False)
    valid_to = DayField(label=_("Valid to"), required=False)
    IN_TABLE = ("number", "issued_on", "valid_to")

    def __init__(
        self,
        data: QueryDict | None,
        *,
        prefix: str,
        document: Document,
        wants: Mapping[str, Want],
        place: Place | None = None,
        is_read: bool = True,
    ) -> None:
        self.paper, self.wants, self.is_read = document, wants, is_read
        initial: dict[str, Any] = {"document": document.uid}
        if place:
            initial |= {"requirement": place.requirement.key, "take": place.likely.is_sure}
            initial |= {"listings": [listing.pk for listing in place.listings]}
            initial |= {name: place.read[name].value for name in self.IN_TABLE if name in place.read}
        super().__init__(data, prefix=prefix, initial=initial)
        self.place = place
        choices = [(key, want.requirement.local_name) for key, want in wants.items()]
        field_of(self, "requirement", forms.ChoiceField).choices = [("", _("Nothing of this")), *choices]
        ids = [listing.pk for want in wants.values() for listing in want.listings]
        found = Listing.objects.filter(pk__in=ids).select_related("product", "market")
        field_of(self, "listings", ListingsField).queryset = found.order_by("product__sku", "market__code")

    @property
    def wanted(self) -> list[tuple[Listing, bool]]:
        """The listings that a row offers, and whether each is ticked: those that want what is chosen, all while nothing is."""
        chosen = {str(pk) for pk in self["listings"].value() or []}
        want = self.wants.get(self["requirement"].value())
        offered = want.listings if want else [listing for one in self.wants.values() for listing in one.listings]
        by_id = {listing.pk: listing for listing in offered}
        return [(listing, str(pk) in chosen) for pk, listing in sorted(by_id.items())]

    @property
    def chosen(self) -> Requirement | None:
        want = self.wants.get(self.cleaned_data.get("requirement", ""))
        return want.requirement if want else None

    def bundle(self, tables: Tables) -> Bundle | None:
        """What is to be handed in; None for a row that is not ticked, or for nothing."""
        data, requirement = self.cleaned_data, self.chosen
        if not data["take"] or requirement is None:
            return None
        want = self.wants[requirement.key]
        listings = [listing for listing in data["listings"] if listing in want.listings]
        paper = input_of(proposed(pages_of(self.paper), requirement, listings, tables))
        said = {name: data[name] for name in self.IN_TABLE}
        if "number" not in columns_of(requirement):
            said["number"] = ""
        return Bundle(self.paper, requirement, listings, replace(paper, **said))


def rows_of(found: list[Sorted], wants: Mapping[int, Mapping[str, Want]]) -> list[RowForm]:
    """A row for each place of each file, one without a place for a file of which nobody can tell."""
    rows: list[RowForm] = []
    for one in found:
        places: list[Place | None] = [*one.places] or [None]
        for place in places:
            own = wants[one.document.supplier_id]
            rows.append(
                RowForm(
                    None, prefix=f"r{len(rows)}", document=one.document, wants=own, place=place, is_read=one.is_read
                )
            )
    return rows


def rows_sent(
    data: QueryDict,
    documents: Mapping[str, Document],
    wants: Mapping[int, Mapping[str, Want]],
    sent_before: Collection[tuple[str, str]],
) -> list[RowForm]:
    """The rows as they were sent, without those of files that are not there and those that were handed in before."""
    count = data.get("rows", "")
    rows = []
    for place in range(min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() else 0):
        uid, requirement = (data.get(f"r{place}-{name}", "") for name in ("document", "requirement"))
        if (document := documents.get(uid)) and (uid, requirement) not in sent_before:
            rows.append(RowForm(data, prefix=f"r{place}", document=document, wants=wants[document.supplier_id]))
    return rows
