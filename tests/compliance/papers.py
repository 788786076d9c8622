"""Papers to test with, made here: PDFs by typst, scans by drawing those pages, and files that mean harm."""

from io import BytesIO

import pypdfium2
import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

PAGE = "#set page(width: 210mm, height: 297mm, margin: 20mm)\n#set text(size: 11pt)\n"


def pdf(*pages: str) -> bytes:
    """A PDF with a text layer. Each line of a page stands on a line of its own."""
    source = PAGE + "\n#pagebreak()\n".join("\n\n".join(map(_literal, page.splitlines())) for page in pages)
    return typst.compile(source.encode())


def _literal(line: str) -> str:
    text = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'#text("{text}")' if line.strip() else ""


def pictures(document: bytes, *, dpi: int = 200) -> list[Image.Image]:
    pages = pypdfium2.PdfDocument(document)
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in pages]


def scan(document: bytes, *, dpi: int = 200) -> bytes:
    """The same pages as pictures only, as a scanner makes them."""
    first, *others = pictures(document, dpi=dpi)
    file = BytesIO()
    first.save(file, "PDF", save_all=True, append_images=others, resolution=dpi)
    return file.getvalue()


def changed(document: bytes, change) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(document)))
    change(writer)
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def action(kind: str, **entries: str) -> DictionaryObject:
    made = DictionaryObject({NameObject("/S"): NameObject(kind)})
    for name, value in entries.items():
        made[NameObject(f"/{name}")] = TextStringObject(value)
    return made


def with_script(document: bytes) -> bytes:
    return changed(
        document, lambda writer: writer.root_object.update({NameObject("/OpenAction"): action("/JavaScript", JS="1")})
    )


def with_launch_on_a_page(document: bytes) -> bytes:
    opened = DictionaryObject({NameObject("/O"): action("/Launch", F="cmd.exe")})
    return changed(document, lambda writer: writer.pages[0].update({NameObject("/AA"): opened}))


def with_attachment(document: bytes) -> bytes:
    return changed(document, lambda writer: writer.add_attachment("setup.exe", b"MZ"))


def with_password(document: bytes, password: str = "secret") -> bytes:
    return changed(document, lambda writer: writer.encrypt(password, "owner", algorithm="AES-256"))


def of_pages(count: int) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 200)
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
