"""What is compressed, and what is left as it is."""

import gzip

import brotli
import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
GZIP = {"Accept-Encoding": "gzip"}
BROTLI = {"Accept-Encoding": "gzip, deflate, br;q=1.0, zstd"}


def test_pages_and_json_are_compressed_where_the_reader_can_read_it(client, inspector, batch):
    client.force_login(inspector)

    for url in (reverse("batch-list"), reverse("api-batch-list")):
        plain, packed = client.get(url), client.get(url, headers=GZIP)
        assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
        assert "Accept-Encoding" in packed["Vary"]
        assert b"B-2611-042" in gzip.decompress(packed.content)


def test_a_reader_of_brotli_gets_it_and_it_is_smaller(client, inspector, batch):
    client.force_login(inspector)

    plain, gzipped, packed = (client.get(reverse("batch-list"), headers=each) for each in ({}, GZIP, BROTLI))

    assert packed["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["Content-Length"] == str(len(packed.content))
    assert len(packed.content) < len(gzipped.content) < len(plain.content)
    assert b"B-2611-042" in brotli.decompress(packed.content)
    assert client.get(reverse("batch-list"), headers={"Accept-Encoding": "br;q=0, gzip"})["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("headers", [GZIP, BROTLI])
def test_the_length_of_an_answer_tells_nothing(client, inspector, headers):
    client.force_login(inspector)

    answers = [client.get(reverse("batch-list"), headers=headers) for _again in range(8)]

    assert len({len(answer.content) + len(answer.get("Padding", "")) for answer in answers}) > 1


def test_pictures_are_left_as_they_are(client, inspector, batch):
    client.force_login(inspector)
    page = client.get(reverse("styleguide"), headers=GZIP)
    assert page["Content-Encoding"] == "gzip"

    from django.http import HttpResponse
    from django.test import RequestFactory

    from config.compression import TextCompression

    picture = TextCompression(lambda request: HttpResponse(b"x" * 1000, content_type="image/jpeg"))
    assert picture(RequestFactory().get("/", headers=GZIP)).get("Content-Encoding") is None
