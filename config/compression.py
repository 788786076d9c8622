"""Answers are compressed on their way: text alone, and so that their length tells nothing. See docs/decisions/compression.md."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/vnd.oai.openapi",
    "application/manifest+json",
    "application/javascript",
)


class TextCompression(GZipMiddleware):
    """Django's, which pads with random bytes against BREACH, without what is compressed already and what is streamed: pictures
    and files keep their length, and cost no processor time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(TEXTS):
            return response
        return super().process_response(request, response)
