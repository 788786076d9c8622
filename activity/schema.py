"""What drf-spectacular cannot see by itself: problem+json answers, the Idempotency-Key of every POST, and what OpenAPI 3.1 wants."""

from typing import Any

from django.utils.translation import override

from activity.published import published, schema_of

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable, `detail` is for people; more members may follow.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Path in the request, such as results.2.readings.7"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
WORDS = {
    "400": "Something of the input cannot be used; `errors` names each field.",
    "401": "No token or session, or one that is not valid.",
    "403": "The role does not allow this, or the signer inspected the batch.",
    "404": "There is no such record, or it is not yours to see.",
    "405": "Not a method of this path.",
    "406": "Only JSON is spoken here, and files as they are.",
    "409": "A rule says no as things stand; `code` says which.",
    "413": "The body is too large.",
    "415": "Not a content type that this call takes.",
    "422": "Checks are unanswered, or the Idempotency-Key was used for another request.",
    "429": "Too many writes by this token; Retry-After says in how many seconds the next one is taken. What stops something is never counted.",
}
ALWAYS = ("401", "403", "404", "405", "406")
WITH_BODY = ("409", "413", "415", "422", "429")
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "1 to 200 printable characters. A repeat with the same key and body has no second effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}


def document_problems(result: dict, generator, request, public: bool) -> dict:
    """Postprocessing hook: every refusal that an operation can give, by the same rules for all."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        f"Problem{status}": {"description": words, "content": content} for status, words in WORDS.items()
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            statuses = ["400", *ALWAYS, *(WITH_BODY if method in {"post", "put", "patch"} else ())]
            if method == "delete":
                statuses.append("429")
            for status in statuses:
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result


def describe_webhooks(result: dict, generator, request, public: bool) -> dict:
    """Postprocessing hook: the body of each kind that a webhook may be told of (OpenAPI 3.1, `webhooks`)."""
    with override("en"):
        result["webhooks"] = {
            kind: {
                "post": {
                    "operationId": kind.replace(".", "_"),
                    "summary": str(each.label),
                    "description": "Signed as Standard Webhooks 1.0 has it: webhook-id, webhook-timestamp, webhook-signature.",
                    "security": [],
                    "requestBody": {"required": True, "content": {"application/json": {"schema": schema_of(kind)}}},
                    "responses": {
                        "2XX": {"description": "Taken."},
                        "410": {"description": "Send no more: the webhook is stopped."},
                        "429": {"description": "Later: no sooner than Retry-After says. 503 likewise."},
                    },
                }
            }
            for kind, each in sorted(published.items())
        }
    return result


def tidy(result: dict, generator, request, public: bool) -> dict:
    """Postprocessing hook: each type and each alternative once, and requests without the values that the server fills in.

    A generator reads a default as something that is always there, also in what is sent (OpenAPI 3.1, JSON Schema 2020-12).
    """
    _once_each(result)
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request"):
            _undo_defaults(schema)
    return result


def _once_each(node: Any) -> None:
    if isinstance(node, dict):
        for name in ("type", "oneOf", "anyOf"):
            if isinstance(node.get(name), list):
                node[name] = [each for number, each in enumerate(node[name]) if each not in node[name][:number]]
        for each in node.values():
            _once_each(each)
    elif isinstance(node, list):
        for each in node:
            _once_each(each)


def _undo_defaults(schema: dict) -> None:
    for each in schema.get("properties", {}).values():
        for alternative in each.get("oneOf", ()):
            alternative.pop("default", None)
        if "default" in each:
            said = f"{each.pop('default')!r} unless said."
            each["description"] = f"{each['description']} {said}" if "description" in each else said
