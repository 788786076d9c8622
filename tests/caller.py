"""A program that calls the API with a token of its own."""

import json
from itertools import count

from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import create_token
from tests.factories import NOON

_names = count(1)


class Caller(APIClient):
    """`as_user` signs every call; None calls without a token."""

    def __init__(self, as_user: User | None = None):
        super().__init__()
        if as_user:
            token = create_token(user=as_user, name=f"test {next(_names)}", at=NOON)
            self.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")

    def send(self, method: str, path: str, body=None, *, key: str | None = None, **headers):
        """(status, answer) of one call below /api/v1/; `body` is an object, or text as it stands."""
        if key is not None:
            headers["Idempotency-Key"] = key
        content = {}
        if body is not None:
            text = body if isinstance(body, str | bytes) else json.dumps(body)
            content = {"data": text, "content_type": "application/json"}
        response = self.generic(method, f"/api/v1/{path}", headers=headers, **content)
        return response.status_code, response.json() if response.content else None


def fields(answer: dict) -> list[tuple[str, str]]:
    """Which fields a problem names, and why."""
    return [(error["field"], error["code"]) for error in answer["errors"]]
