"""Shapes of what is sent with papers: the file, what the paper says, an act on it; and what their lists can be asked for."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activity.filters import ListFilters
from activity.forms import DayField, OnceForm, field_of
from compliance.checklist.words import field_label
from compliance.models import Document, DocumentStatus, Evidence, EvidenceState, LookupResult, Requirement
from compliance.paper.page.papers import named_like, with_words
from compliance.paper.services.proposals import PaperInput, columns_of, further_fields_of, number_is_demanded
from compliance.reading.proposal import Read
from suppliers.models import Listing, Supplier

ACCEPT = "application/pdf,image/jpeg,image/png,image/webp"


class DocumentFilters(ListFilters):
    q = django_filters.CharFilter(method="with_words", max_length=100)
    supplier = django_filters.CharFilter("supplier__code")
    sha256 = django_filters.CharFilter()
    state = django_filters.ChoiceFilter("status", choices=DocumentStatus.choices)

    def with_words(self, documents: QuerySet[Document], name: str, words: str) -> QuerySet[Document]:
        return named_like(documents, words)


class EvidenceFilters(ListFilters):
    q = django_filters.CharFilter(method="with_words", max_length=100)
    product = django_filters.CharFilter("names__listing__product__sku", distinct=True)
    market = django_filters.CharFilter("names__listing__market__code", distinct=True)
    requirement = django_filters.CharFilter("requirement__key")
    supplier = django_filters.CharFilter("document__supplier__code")
    document = django_filters.UUIDFilter("document__uid")
    number = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=EvidenceState.choices, label=_("State"), empty_label=_("Any state"))
    valid_before = django_filters.DateFilter("valid_to", lookup_expr="lte")

    def with_words(self, papers: QuerySet[Evidence], name: str, words: str) -> QuerySet[Evidence]:
        return with_words(papers, words)


class ListingsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, listing: Listing) -> str:
        return f"{listing.product.sku} · {listing.market.code} · {listing.product.local_name}"


class DocumentField(forms.ModelChoiceField):
    def label_from_instance(self, document: Document) -> str:
        return f"{document.name} · {document.uploaded_at:%Y-%m-%d}"


class EvidenceForm(OnceForm):
    """A document for one requirement: a new file or one that is there, the listings that it is for, what it says."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("PDF, JPEG, PNG or WebP, at most 40 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip
    document = DocumentField(
        Document.objects.none(), label=_("Or a document that is here already"), required=False,
        to_field_name="uid", empty_label=_("A new file"),
    )  # fmt: skip
    listings = ListingsField(Listing.objects.none(), label=_("Products and markets that it is for"), required=False)
    number = forms.CharField(label=_("Number"), max_length=120, required=False)
    issuing_body = forms.CharField(label=_("Issued by"), max_length=200, required=False)
    standard = forms.CharField(label=_("Standard"), max_length=500, required=False)
    edition = forms.CharField(label=_("Edition tested"), max_length=120, required=False)
    model_numbers = forms.CharField(
        label=_("Model numbers"), max_length=2000, required=False, help_text=_("As they are printed, with commas.")
    )
    holder = forms.CharField(label=_("Holder or applicant"), max_length=200, required=False)
    issued_on = DayField(label=_("Issued on"), required=False)
    valid_from = DayField(label=_("Valid from"), required=False)
    valid_to = DayField(label=_("Valid to"), required=False)
    ALWAYS = ("key", "file", "document", "listings", "issued_on", "valid_from", "valid_to")

    def __init__(
        self,
        *args: Any,
        requirement: Requirement,
        listings: QuerySet[Listing],
        documents: QuerySet[Document],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.requirement = requirement
        columns = {*self.ALWAYS, *columns_of(requirement)}
        for name in list(self.fields):
            if name not in columns:
                del self.fields[name]
        field_of(self, "listings", ListingsField).queryset = listings
        field_of(self, "document", forms.ModelChoiceField).queryset = documents
        if "number" in self.fields and number_is_demanded(requirement):
            self.fields["number"].widget.attrs["required"] = True
        if "edition" in self.fields:
            self.fields["edition"].help_text = _("What counts now: %(edition)s") % {"edition": requirement.edition}
        for name in further_fields_of(requirement):
            self.fields[f"fields.{name}"] = forms.CharField(label=field_label(name), max_length=1000, required=False)

    def fill(self, read: Mapping[str, Read]) -> None:
        """Have what was read in the paper stand in the fields that are empty, each with the line that it stands on."""
        sent: Any = self.data
        data = sent.copy() if self.is_bound else None
        for name, one in read.items():
            if name not in self.fields:
                continue
            if data is None:
                self.initial[name] = one.value
            elif not data.get(name):
                data[name] = one.value
            where = _("Read on page %(page)s: %(quote)s") % {"page": one.page, "quote": one.quote}
            self.fields[name].help_text = where
        if data is not None:
            self.data = data

    def choose(self, document: Document) -> None:
        """Show a document that was kept as the chosen one."""
        data: Any = self.data
        self.data = data = data.copy()
        data["document"] = str(document.uid)

    @property
    def of_the_paper(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("key", "file", "document", "listings")]

    @property
    def paper(self) -> PaperInput:
        data = self.cleaned_data
        plain = {
            name: data[name]
            for name in ("number", "issuing_body", "standard", "edition", "holder", "issued_on", "valid_from", "valid_to")
            if name in data
        }  # fmt: skip
        models = data.get("model_numbers", "").replace("\n", ",").replace("、", ",").replace("，", ",")
        further = {name.removeprefix("fields."): data[name] for name in self.fields if name.startswith("fields.")}
        return PaperInput(
            **plain, model_numbers=tuple(m.strip() for m in models.split(",") if m.strip()), fields=further
        )


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, at least one."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(OnceForm):
    supplier = forms.ModelChoiceField(
        Supplier.objects.none(), label=_("Supplier"), to_field_name="code", empty_label=_("Choose")
    )
    file = FilesField(
        label=_("Files"), help_text=_("PDF, JPEG, PNG or WebP, at most 40 MB. Several at once are sorted for you."),
        widget=FilesInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip

    def __init__(self, *args: Any, suppliers: QuerySet[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "supplier", forms.ModelChoiceField).queryset = suppliers
        if suppliers.count() == 1:
            self.fields["supplier"].initial = suppliers.get().code


class ReasonForm(OnceForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ActForm(OnceForm):
    """A press of a button that needs nothing else."""


class LookupForm(OnceForm):
    register = forms.CharField(
        label=_("Public register"), max_length=200, help_text=_("Such as: UL Product iQ, FCC ID search, NPRA QUEST3+")
    )
    number = forms.CharField(label=_("Number looked up"), max_length=120, required=False)
    result = forms.ChoiceField(label=_("Result"), choices=LookupResult, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    screenshot = forms.FileField(
        label=_("Screenshot"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    def __init__(self, *args: Any, evidence: Evidence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = evidence.number
