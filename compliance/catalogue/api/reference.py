"""The tables that papers are compared with, over the API: for everybody to read, for administrators to change."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent, require_known
from activity.errors import FieldError, InvalidInput
from compliance.catalogue.api.proposals import CatalogueProposal
from compliance.catalogue.api.requirements import Confirmation
from compliance.catalogue.forms.reference import FIXED, EntryFilters, is_structured
from compliance.catalogue.services.reference import confirm_entry, edit_entry
from compliance.models import ProposedChange, ReferenceEntry, ReferenceTable, Verification

MOST = 10**9
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


class EntryRow(serializers.Serializer):
    table = serializers.ChoiceField(ReferenceTable.choices)
    key = serializers.CharField()
    values = serializers.DictField(source="data", help_text="What it says; its fields depend on the table.")
    verification = serializers.ChoiceField(Verification.choices)
    is_sure = serializers.BooleanField(help_text="Verified, or confirmed by a named person.")
    is_active = serializers.BooleanField(help_text="Papers are compared with it.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()


class EntryList(ListAPIView):
    permissions = {"GET": None}
    serializer_class = EntryRow
    filterset_class = EntryFilters
    queryset = ReferenceEntry.objects.all()


class ChangedEntry(Input):
    values = serializers.DictField(
        required=False, default={}, help_text="Field -> what it is to say, in the type that it has; the others stay."
    )
    is_active = serializers.BooleanField(required=False, help_text="Whether papers are compared with it.")
    reason = serializers.CharField(max_length=2000, help_text="Why it changes, and where that can be read.")
    revision = serializers.IntegerField(min_value=1, help_text="The one that you saw; 409 if it has changed since.")


def is_number(value: Any) -> bool:
    """Whether it is a number, or the text of one: what was changed of the numbers is stored digit by digit."""
    if isinstance(value, str):
        return NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def in_its_type(value: Any, before: Any) -> tuple[bool, Any]:
    """Whether a value can take the place of the one before, and how it is stored."""
    if isinstance(before, bool):
        return isinstance(value, bool), value
    if is_number(before) and is_number(value):
        number = Decimal(value)
        if not (number.is_finite() and abs(number) < MOST):
            return False, None
        return True, before if number == Decimal(str(before)) else str(value)
    if isinstance(before, int | float):
        return value is None, None
    if is_structured(before):
        return isinstance(value, type(before)), value
    if isinstance(before, list):
        return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value), value
    if before is None:
        return value is None or isinstance(value, str), value or None
    return isinstance(value, str) and isinstance(before, str), value


def values_for(entry: ReferenceEntry, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Raises InvalidInput naming each field that the entry does not have, or whose value is of another type."""
    require_known(sent, entry.data.keys() - FIXED, "values.")
    typed = {name: in_its_type(value, entry.data[name]) for name, value in sent.items()}
    if wrong := [name for name, (fits, _value) in typed.items() if not fits]:
        detail = _("Send it in the type that it has now.")
        raise InvalidInput([FieldError(f"values.{name}", "wrong_type", detail) for name in wrong])
    return {name: value for name, (_fits, value) in typed.items()}


class EntryView(GenericAPIView):
    serializer_class = EntryRow
    queryset = ReferenceEntry.objects.all()

    def get_object(self) -> ReferenceEntry:
        entry = get_object_or_404(self.get_queryset(), table=self.kwargs["table"], key=self.kwargs["key"])
        self.check_object_permissions(self.request, entry)
        return entry


class EntryOne(EntryView):
    permissions = {"GET": None, "PATCH": "compliance.edit_catalogue"}

    def get(self, request: ApiRequest, table: str, key: str) -> Response:
        return Response(EntryRow(self.get_object()).data)

    @extend_schema(request=ChangedEntry, responses={200: EntryRow, 202: CatalogueProposal})
    def patch(self, request: ApiRequest, table: str, key: str) -> Response:
        """Let an entry say otherwise. The papers that it touches are compared anew; a confirmation ends. One that would stop
        fewer papers than now is answered with 202: it waits for another person, as a proposal of the catalogue."""
        entry = self.get_object()
        sent = {"is_active": entry.is_active} | ChangedEntry.of(request)
        values = values_for(entry, sent.pop("values"))
        try:
            made = edit_entry(
                table=ReferenceTable(entry.table), key=entry.key, values=values, **sent, actor=request.user, at=now()
            )
        except InvalidInput as wrong:
            raise InvalidInput(
                [
                    FieldError(
                        f"values.{error.field}" if error.field in entry.data else error.field, error.code, error.detail
                    )
                    for error in wrong.errors
                ]
            ) from None
        if isinstance(made, ProposedChange):
            return Response(CatalogueProposal(made).data, status=202)
        return Response(EntryRow(made).data)


class EntryConfirm(EntryView):
    permissions = {"POST": "compliance.edit_catalogue"}

    @extend_schema(request=Confirmation, responses={200: EntryRow})
    @idempotent
    def post(self, request: ApiRequest, table: str, key: str) -> Response:
        """Say with your name that an entry is right as it stands."""
        entry, sent = self.get_object(), Confirmation.of(request)
        table = ReferenceTable(entry.table)
        entry = confirm_entry(table=table, key=entry.key, **sent, actor=request.user, at=now())
        return Response(EntryRow(entry).data)
