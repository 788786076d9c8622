"""What all API calls share: exact numbers, problem+json errors (RFC 9457), strict input, cursor pages, idempotent POSTs."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import wraps
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, serializers
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.models import Answer
from activity.opaque import hide, reveal
from activity.texts import NOT_TEXT, ONE_LINE, cleaned, has_control, has_line_end
from activity.transactions import one_transaction

PROBLEM_JSON = "application/problem+json"
# Of a clock that is not ours. A phone without a battery says 1970; beyond these a time is nonsense, which the database or the reader's
# time zone cannot show.
YEARS = range(1900, 2200)
NONSENSE_TIME = _("Give a time between the years 1900 and 2199: the clock that said this is wrong.")


# How JSON can write what no text may hold (activity/texts.py). Most bodies have none of it and are not walked through.
_SUSPECT = re.compile(
    r"\\u(?:00[018]|007[fF]|009|[dD][89a-fA-F]|[fF]{3}[eEfF]|202[a-eA-E]|206[6-9]|[fF][eE][fF]{2})|\\[bf]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def _controls(value: Any, path: str = "") -> Iterator[str]:
    """The paths of texts with control characters in them."""
    if isinstance(value, str):
        if has_control(value):
            yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            if has_control(name):
                yield path
            yield from _controls(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _controls(item, f"{path}.{number}" if path else str(number))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, whose names stand in it once each: which of two would count is anybody's guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        again = next(name for number, name in enumerate(names) if name in names[:number])
        raise InvalidInput.one(again, "duplicate_key", _("This stands in the body twice. Send it once."))
    return found


class ExactJSONParser(JSONParser):
    """JSON with numbers as they were written: 50.10 stays 50.10, and NaN or 1e400 reach the check that names the field."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        request: Request = (parser_context or {})["request"]
        try:
            text = request.body.decode()
            data = json.loads(text, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_each_once)
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            said = gettext("The body is not JSON: it cannot be read from line %(line)s, column %(column)s on.")
            raise exceptions.ParseError(said % place) from None
        except (ValueError, InvalidOperation, RecursionError):
            said = gettext("The body is not JSON in UTF-8, or it holds a number or a depth that is out of reach.")
            raise exceptions.ParseError(said) from None
        if _SUSPECT.search(text) and (paths := list(_controls(data))):
            raise InvalidInput([FieldError(cleaned(path), "control_character", NOT_TEXT) for path in paths])
        return data


_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


class ExactJSONRenderer(BaseRenderer):
    """JSON with decimals as numbers, digit by digit as they are stored."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else _ENCODER.encode(data)


class Call:
    """What every call keeps to beside what DRF asks: a query without a misspelled name, a count of writes, an answer to keep nowhere.

    `query` names what the query of a view may hold beside the filters and pages of a list, `many` what may stand there
    more than once. A view that stops something is not `is_counted`: what was found is never refused for its number.
    """

    query: Collection[str] = ()
    many: Collection[str] = ()
    is_counted = True

    def perform_authentication(self, request: Request) -> None:
        """The count comes before the permission: what is refused was asked, too."""
        super().perform_authentication(request)  # type: ignore[misc] # of DRF's APIView, beside which this stands
        super().check_throttles(request)  # type: ignore[misc]

    def check_throttles(self, request: Request) -> None:
        """Done by then."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        filters = getattr(getattr(self, "filterset_class", None), "base_filters", ())
        pages = ("cursor", "page_size") if hasattr(self, "list") else ()
        require_known(request.query_params, {*self.query, *filters, *pages})
        for name, values in request.query_params.lists():
            if len(values) > 1 and name not in self.many:
                raise InvalidInput.one(name, "repeated", _("Give %(name)s once.") % {"name": name})
            if "" in values:
                detail = _("%(name)s is empty. Give it a value, or leave it out.") % {"name": name}
                raise InvalidInput.one(name, "blank", detail)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What is true now is kept nowhere (RFC 9111, 5.2.2.5), and a program sees how much it may still write."""
        answer = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        answer.headers.setdefault("Cache-Control", "no-store")
        for name, value in getattr(request, "limits", {}).items():
            answer.headers[name] = value
        return answer


class Negotiation(DefaultContentNegotiation):
    """JSON to everyone who takes JSON, or the problems that every answer may be."""

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        renderers = list(renderers)
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except exceptions.NotAcceptable:
            if any(each.partition(";")[0].strip() == PROBLEM_JSON for each in self.get_accept_list(request)):
                return renderers[0], renderers[0].media_type
            raise


class FileNegotiation(DefaultContentNegotiation):
    """For files, which go out as they are: to everyone who asks for them by their address."""

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        first = next(iter(renderers))
        return first, first.media_type


class NoMetadata(BaseMetadata):
    """OPTIONS says which methods there are; what they take and answer is said by the description of the API alone."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        return {}


class StrictFilters(DjangoFilterBackend):
    """Filters that refuse a code of which there is no record that the reader may see: a misspelled one lists nothing held.

    A filter names a record where it leads over a relation to its code, as `batch__product__sku` does, or where the `records`
    of its FilterSet say to which code it leads; "-" is none there.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        found = super().filter_queryset(request, queryset, view)
        filterset = self.get_filterset_class(view, queryset)
        for name, one in (filterset.base_filters if filterset else {}).items():
            if name in request.query_params and type(one) is CharFilter and LOOKUP_SEP in one.field_name:
                _require_there(name, request.query_params[name], queryset.model, one.field_name, request.user)
        for name, path in getattr(filterset, "records", {}).items():
            if (code := request.query_params.get(name, "-")) != "-":
                _require_there(name, code, queryset.model, path, request.user)
        return found


def _require_there(name: str, code: str, model: type[Model], path: str, reader: Any) -> None:
    *relations, field = path.split(LOOKUP_SEP)
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment] # a relation has one
    records: Any = model._default_manager.all()
    if hasattr(records, "visible_to"):
        records = records.visible_to(reader)
    if not records.filter(**{field: code}).exists():
        detail = _("There is no %(name)s %(code)s that you may see.") % {"name": name, "code": code}
        raise InvalidInput.one(name, f"unknown_{name}", detail)


class NewestFirst(CursorPagination):
    """Pages that stay put while new rows arrive. Raises InvalidInput for a cursor or a page size that is none."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and 1 <= len(asked) <= 9 and 1 <= int(asked) <= self.max_page_size):
            detail = _("A page has 1 to %(most)s rows.") % {"most": self.max_page_size}
            raise InvalidInput.one("page_size", "out_of_range", detail)
        return int(asked)

    def decode_cursor(self, request: Request) -> Cursor | None:
        invalid = InvalidInput.one(
            "cursor", "invalid", _("This cursor leads nowhere. Follow the next and previous of a list.")
        )
        try:
            cursor = super().decode_cursor(request)
        except exceptions.NotFound:
            raise invalid from None
        if cursor and cursor.position is not None:
            position = reveal(str(cursor.position))
            if position is None:
                raise invalid
            cursor = cursor._replace(position=position)
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "description": "Address of the next or previous page."}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def encode_cursor(self, cursor: Cursor) -> str:
        """The position is the number of a row, which is nobody's business."""
        if cursor.position is not None:
            cursor = cursor._replace(position=hide(int(cursor.position)))  # type: ignore[arg-type] # any text will do
        return super().encode_cursor(cursor)


class KeyReused(RuleBroken):
    code = "idempotency_key_reused"
    status = 422
    detail = _("This Idempotency-Key was used for another request. Use a new key for a new request.")


class KeyInvalid(RuleBroken):
    code = "idempotency_key_invalid"
    status = 400
    detail = _("An Idempotency-Key has 1 to 200 printable characters.")


def problem_body(
    status_code: int, code: str, detail: Any, errors: list[dict] | None = None, **extra: Any
) -> dict[str, Any]:
    """What an RFC 9457 answer says; `code` is stable, `detail` is for people."""
    return {
        "type": f"urn:holdfast:{code}",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "code": code,
        "detail": str(detail),
        "errors": errors or [],
        **extra,
    }


def problem(status_code: int, *said: Any, **extra: Any) -> Response:
    """An answer with what `problem_body` says."""
    body = problem_body(status_code, *said, **extra)
    return Response(body, status=status_code, content_type=PROBLEM_JSON)


def require_known(given: Mapping[str, Any], known: Sequence[str] | set[str], path: str = "") -> None:
    """Raises InvalidInput naming every field that there is not: what was misspelled must not be lost silently."""
    if unknown := [name for name in given if name not in known]:
        raise InvalidInput(
            [
                FieldError(
                    f"{path}{name}",
                    "unknown_field",
                    gettext("There is no field %(name)s. Known are: %(known)s.")
                    % {"name": name, "known": ", ".join(sorted(known))},
                )
                for name in unknown
            ]
        )


def body_of(request: Request) -> dict[str, Any]:
    """The body as an object. Raises InvalidInput."""
    if not isinstance(request.data, dict):
        raise InvalidInput.one("", "not_an_object", gettext("Send a JSON object."))
    return request.data


LONGEST_NAME = 150


class DeviceTime(serializers.DateTimeField):
    """A time by the clock of a phone, a camera or a program."""

    default_error_messages = {"nonsense": NONSENSE_TIME}

    def to_internal_value(self, value: Any) -> Any:
        time = super().to_internal_value(value)
        if time.year not in YEARS:
            self.fail("nonsense")
        return time


class Input(serializers.Serializer):
    """The shape of what is sent. Refuses unknown fields by name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            try:
                require_known(data, set(self.fields))
            except InvalidInput as unknown:  # said the way that a serializer does, which knows the path to here
                raise serializers.ValidationError(
                    {error.field: [exceptions.ErrorDetail(str(error.detail), error.code)] for error in unknown.errors}
                ) from None
            if wrong := dict(self._not_one_line(data)):
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _not_one_line(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[exceptions.ErrorDetail]]]:
        """Texts with control characters, and names and codes (all that is short) that are not on one line."""
        for name, field in self.fields.items():
            text = data.get(name)
            if not isinstance(text, str) or not isinstance(field, serializers.CharField):
                continue
            if has_control(text):
                yield name, [exceptions.ErrorDetail(str(NOT_TEXT), "control_character")]
            elif field.max_length and field.max_length <= LONGEST_NAME and has_line_end(text.strip()):
                yield name, [exceptions.ErrorDetail(str(ONE_LINE), "control_character")]

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """The checked body of a request. Raises InvalidInput or DRF's ValidationError naming each wrong field."""
        sent = cls(data=request.data)
        sent.is_valid(raise_exception=True)
        return sent.validated_data


def _flatten(detail: Any, path: str = "") -> Iterator[dict]:
    """The field errors of a DRF ValidationError, as a flat list."""
    if isinstance(detail, dict):
        for field, inner in detail.items():
            yield from _flatten(inner, field if not path else f"{path}.{field}")
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for index, inner in enumerate(detail):
            if inner:
                yield from _flatten(inner, f"{path}.{index}" if path else str(index))
    elif isinstance(detail, list):
        for item in detail:
            yield {"field": path, "code": getattr(item, "code", "invalid"), "detail": str(item)}
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def problem_of(refusal: RuleBroken) -> Response:
    """What a service refused, as problem+json."""
    if isinstance(refusal, InvalidInput):
        errors = [{"field": e.field, "code": e.code, "detail": str(e.detail)} for e in refusal.errors]
        return problem(refusal.status, refusal.code, refusal.detail, errors)
    return problem(refusal.status, refusal.code, refusal.detail, **refusal.extra)


def _is_of_role(error: Exception) -> bool:
    """Whether DRF refuses without a reason of its own, as it does for a permission."""
    return isinstance(error, exceptions.PermissionDenied) and str(error.detail) == str(error.default_detail)


def problem_response(error: Exception, context: dict) -> Response | None:
    """DRF's exception handler: every refusal as problem+json; None (a 500) for what is not a refusal."""
    if isinstance(error, RuleBroken):
        response = problem_of(error)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
    elif isinstance(error, exceptions.ValidationError):
        response = problem(400, InvalidInput.code, InvalidInput.detail, list(_flatten(error.detail)))
    elif isinstance(error, Http404):
        response = problem(404, "not_found", _("There is no such record, or it is not yours to see."))
    elif isinstance(error, RequestDataTooBig):
        response = problem(413, "too_large", _("The body is too large. Send it in smaller parts."))
    elif isinstance(error, SuspiciousOperation):
        response = problem(400, "malformed", _("The request cannot be read."))
    elif isinstance(error, PermissionDenied) or _is_of_role(error):
        response = problem(403, "permission_denied", NotAllowed.detail)
    elif isinstance(error, exceptions.APIException):
        response = problem(error.status_code, str(error.default_code), error.detail)
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait))
    else:
        return None
    return response


def fingerprint(request: Request) -> bytes:
    """SHA-256 of what was asked: method, path and body (of a multipart form its fields and files)."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        sent: Any = request.data
        for name, values in sorted(sent.lists()):
            for value in values:
                content = b"".join(value.chunks()) if hasattr(value, "chunks") else str(value).encode()
                digest.update(name.encode() + b"=" + hashlib.sha256(content).digest())
                if hasattr(value, "seek"):
                    value.seek(0)
    else:
        digest.update(request._request.body)
    return digest.digest()


def claim_key(user: Any, key: str, asked: bytes) -> bool:
    """Take the key for this transaction. False when an earlier request has it (waits for one under way)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_answer (user_id, key, fingerprint, at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [user.pk, key, asked, now()],
        )
        return cursor.fetchone() is not None


# How an answer names its record -> the field of the record.
NAMES = {"id": "uid", "number": "number", "sku": "sku", "code": "code", "key": "key"}


def require_in_sight(view: Any, request: Request, answered: Any) -> None:
    """Raises Http404 or PermissionDenied unless who asks may see and do today what was answered then.

    A call about one record is asked as at the first time: record first, then permission. One that made a record (and
    whose permission was asked before it came here) must find it in its list.
    """
    if view.kwargs:
        if (view.lookup_url_kwarg or view.lookup_field) in view.kwargs or "get_object" in vars(type(view)):
            view.get_object()
        elif hasattr(view, "paginate_queryset") and hasattr(view, "list"):
            view.get_queryset()  # it finds the record that the list is of
        view.check_object_permissions(request, None)
    elif hasattr(view, "get_queryset") and isinstance(answered, dict):
        records = view.get_queryset()
        known = {field.name for field in records.model._meta.get_fields()}
        named = {NAMES[name]: answered[name] for name in NAMES if name in answered and NAMES[name] in known}
        if named and not records.filter(**named).exists():
            raise Http404


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """A POST that honours Idempotency-Key (R7): one effect, and the same answer to every repeat by who may still see it.

    The key is stored in the transaction of the effect. A second request with the key waits for the first; a refused
    request stores nothing, so it may be corrected and sent again with the same key. What of an answer must not be stored,
    such as a secret, a view takes out in `kept`: a repeat does not get it.
    """

    @wraps(handler)
    def answer_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not 0 < len(key) <= 200 or not key.isprintable():
            raise KeyInvalid
        asked = fingerprint(request)
        user: Any = request.user  # signed in: `accounts.api.Permitted` has seen to it
        with one_transaction():
            if not claim_key(user, key, asked):
                earlier = Answer.objects.get(user=user, key=key)
                if bytes(earlier.fingerprint) != asked:
                    raise KeyReused
                require_in_sight(view, request, earlier.body)
                return Response(earlier.body, status=earlier.status, headers={"Idempotency-Replayed": "true"})
            response = handler(view, request, *args, **kwargs)
            body = json.loads(_ENCODER.encode(response.data))
            if hasattr(view, "kept"):
                body = view.kept(body)
            Answer.objects.filter(user=user, key=key).update(status=response.status_code, body=body)
        return response

    answer_once.is_idempotent = True  # type: ignore[attr-defined] # read where the schema is made
    return answer_once
