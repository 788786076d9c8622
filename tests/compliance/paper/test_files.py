"""What is taken as a document, and what is known of it before anyone opens it."""

import socket
import threading
import zipfile
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf.generic import NameObject

from activity.errors import InvalidInput
from compliance.paper.services.files import LARGEST, MOST_PAGES, check_upload
from compliance.paper.services.scanner import ScannerDown, scan
from tests.compliance import papers
from tests.pictures import bomb, encoded, scene

LETTER = papers.pdf("Certificate of conformity\nModel: HD-2200")


def checked(content: bytes, name: str = "paper.pdf"):
    return check_upload(SimpleUploadedFile(name, content))


def refusal(content: bytes, name: str = "paper.pdf") -> str:
    with pytest.raises(InvalidInput) as caught:
        checked(content, name)
    assert name in str(caught.value)
    return caught.value.errors[0].code


def test_a_plain_pdf_has_pages_and_no_problems():
    found = checked(LETTER)

    assert (found.content_type, found.pages, found.problems, found.may_be_shown) == ("application/pdf", 1, (), True)
    assert found.size == len(LETTER)


@pytest.mark.parametrize(
    ("content", "problems", "may_be_shown"),
    [
        (papers.with_script(LETTER), ("scripts",), False),
        (papers.with_launch_on_a_page(LETTER), ("scripts",), False),
        (papers.with_attachment(LETTER), ("attachments",), False),
        (papers.with_password(LETTER), ("encrypted",), True),
        (papers.with_password(LETTER, ""), ("protected",), True),
        (LETTER[: len(LETTER) // 2], ("broken",), False),
        (b"%PDF-1.7\n", ("broken",), False),
    ],
)
def test_what_a_person_has_to_look_at_is_kept_with_its_problem_named(content, problems, may_be_shown):
    found = checked(content)

    assert (found.problems, found.may_be_shown) == (problems, may_be_shown)


def test_opening_at_another_page_is_no_script():
    there = papers.changed(
        papers.pdf("One", "Two"),
        lambda writer: writer.root_object.update({NameObject("/OpenAction"): papers.action("/GoTo", D="two")}),
    )

    assert checked(there).problems == ()


def test_more_pages_than_are_read_is_a_named_problem():
    assert checked(papers.of_pages(500)).problems == ("too_many_pages",)
    assert checked(papers.of_pages(MOST_PAGES)).problems == ()


def test_a_pdf_that_unpacks_to_a_gigabyte_ends_in_a_named_problem():
    packed = zlib.compress(zlib.compress(b"q " * 200_000_000, 1))
    stream = b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(packed) + packed
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1]/Contents 4 0 R>>endobj\n"
        + stream
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )

    assert checked(content).problems in [("not_fully_checked",), ("broken",)]


def test_what_is_no_document_is_refused_whatever_its_name_says():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "a")

    assert refusal(archive.getvalue()) == "unknown_content"
    assert refusal(b"") == "empty"
    assert refusal(b"%PDF-1.7\n" + bytes(LARGEST)) == "too_large"
    assert refusal(b"GIF89a" + bytes(100), "a.png") == "unknown_content"


def test_pictures_are_taken_by_their_content():
    for format, content_type in [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]:
        found = checked(encoded(scene(1), format).getvalue(), "scan.pdf")
        assert (found.content_type, found.pages, found.problems) == (content_type, 1, ())
    assert checked(bomb(60_000, 60_000), "a.png").problems == ("too_many_pixels",)


@pytest.fixture
def clamd():
    """A server that speaks clamd's INSTREAM and knows one virus: files that contain "EICAR"."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(server,), daemon=True).start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    server.close()


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(sent.read(4)):
                content += sent.read(size)
            found = b"Eicar-Test-Signature FOUND" if b"EICAR" in content else b"OK"
            if b"too much" in content:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            else:
                connection.sendall(b"stream: " + found + b"\0")


def test_a_scanner_says_what_it_found(clamd):
    assert scan(BytesIO(b"x" * 200_000), clamd) is None
    assert scan(BytesIO(b"x" * 200_000 + b"EICAR"), clamd) == "Eicar-Test-Signature"


def test_without_a_clear_answer_of_the_scanner_nothing_is_known(clamd, tmp_path):
    with pytest.raises(ScannerDown):
        scan(BytesIO(b"too much"), clamd)
    with pytest.raises(ScannerDown):
        scan(BytesIO(b"x"), f"unix://{tmp_path}/none.sock")
    with pytest.raises(ScannerDown):
        scan(BytesIO(b"x"), "tcp://127.0.0.1:1")
