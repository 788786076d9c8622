"""Opening files that strangers made, in a process of its own with little memory and time: `python pdf_worker.py`.

Reads one request as JSON from standard input and answers with one JSON object on standard output. A hostile file can
end this process and nothing else. Requests:

{"do": "inspect", "path"}                     -> {"problems": [code], "pages": count or null}
{"do": "text", "path", "most"}                -> {"pages": [text], "shown": [what is seen of each], "total": count}
                                                 seen: "text", "picture" (most of the page, or invisible text), "nothing"
{"do": "words", "path", "pages"}              -> {"pages": {number: {"size": [width, height], "words": [[text, l, t, r, b]]}}}
                                                 as fractions of the page as it is seen, from its left upper corner
{"do": "draw", "path", "page", "dpi", "to"}   -> {} once page (from 1) is a PNG at `to`
{"do": "barcodes", "path"}                    -> {"barcodes": [[kind, text]]} of the picture at `path`
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from ctypes import byref, c_int, c_uint
from typing import Any

MEMORY = 1_500_000_000
SECONDS = 40
LARGEST_OUTPUT = 100_000_000
MOST_OBJECTS = 300_000
MOST_SHAPES = 20_000  # of a page that are looked at
LEAST_READABLE, LEAST_WIDTH = 2.5, 5  # points
WHITE = 250  # of 255
MOSTLY = 0.4  # of a page that pictures cover: what is read there is not the text layer alone
MOST_LETTERS = 20_000  # of a page whose places are told
FINE = 100_000  # parts of a page's side that places are told in
MOST_SIDE = 4000  # pixels of a drawn page: an A4 page at 340 dpi
# What a PDF may be told to do by itself or at a click that is more than showing another place in it.
ACTIVE = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # some systems know a limit by name only
            resource.setrlimit(what, (most, most))


def inspect(path: str) -> dict:
    """problems: encrypted (needs a password), broken, protected, scripts, attachments, not_fully_checked."""
    import pypdfium2  # late: only the process that opens a stranger's file loads this

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return {"problems": ["encrypted" if "password" in str(error).lower() else "broken"], "pages": None}
    pages = len(document)
    if not pages:
        return {"problems": ["broken"], "pages": 0}
    problems = set()
    if document.count_attachments() or pypdfium2.raw.FPDFDoc_GetAttachmentCount(document):
        problems.add("attachments")
    if pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document):
        problems.add("scripts")
    try:
        problems |= set(_found_in_objects(path))
    except Exception:  # what one reader opens and another does not is shown to nobody as harmless
        problems.add("not_fully_checked")
    return {"problems": sorted(problems), "pages": pages}


def _found_in_objects(path: str) -> Iterator[str]:
    """What pdfium does not count: scripts of pages, fields and links, and files in annotations."""
    from pypdf import PdfReader  # late: only the process that opens a stranger's file loads this
    from pypdf.generic import DictionaryObject  # late: only the process that opens a stranger's file loads this

    reader = PdfReader(path, strict=False)
    if reader.is_encrypted:
        yield "protected"
        if not reader.decrypt(""):
            yield "not_fully_checked"
            return
    numbers = {(number, generation) for generation, numbers in reader.xref.items() for number in numbers}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        yield "not_fully_checked"
        return
    for number, generation in numbers:
        if not number:
            continue
        waiting = [reader.get_object(_reference(reader, number, generation))]
        while waiting:
            value = waiting.pop()
            if isinstance(value, DictionaryObject):
                yield from _found_in(value)
                waiting += list(dict.values(value))
            elif isinstance(value, list):
                waiting += list(list.__iter__(value))


def _reference(reader: Any, number: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject  # late: only the process that opens a stranger's file loads this

    return IndirectObject(number, generation, reader)


def _opens_by_itself(dictionary: Any) -> bool:
    """Whether it goes out to the web without a click: a link that is clicked may, the opening of a file or page may not."""
    actions = [dictionary.get("/OpenAction"), *(dictionary.get("/AA") or {}).values()]
    return any(isinstance(action, dict) and action.get("/S") == "/URI" for action in _resolved(actions))


def _resolved(values: list) -> list:
    return [value.get_object() if hasattr(value, "get_object") else value for value in values]


def _found_in(dictionary: Any) -> Iterator[str]:
    kind = dict.get(dictionary, "/S")
    if _opens_by_itself(dictionary):
        yield "scripts"
    if "/JS" in dictionary or kind in ACTIVE or "/XFA" in dictionary:
        yield "scripts"
    if "/EF" in dictionary or "/EmbeddedFiles" in dictionary or dict.get(dictionary, "/Type") == "/EmbeddedFile":
        yield "attachments"
    if dict.get(dictionary, "/Subtype") in {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}:
        yield "attachments"


def text(path: str, most: int) -> dict:
    """The text of the first `most` pages, top to bottom as the file has it."""
    import pypdfium2  # late: only the process that opens a stranger's file loads this

    document = pypdfium2.PdfDocument(path)
    pages, shown = [], []
    for number in range(min(len(document), most)):
        try:
            page = document[number]
            pages.append(page.get_textpage().get_text_bounded()[:50_000])
            shown.append(_shown(page))
            page.close()
        except pypdfium2.PdfiumError:
            pages.append("")
            shown.append("picture")
    return {"pages": pages, "shown": shown, "total": len(document)}


def _is_hidden(text: Any, behind: list[tuple[float, float, float, float]]) -> bool:
    """Whether text is drawn for machines alone: too small to be read, or white with nothing dark behind it."""
    from pypdfium2 import raw  # late: only the process that opens a stranger's file loads this

    left, bottom, right, top = text.get_bounds()
    if text.level or right - left < LEAST_WIDTH:  # within a form its place is not the page's; a full stop, a space
        return False
    matrix = text.get_matrix()
    if text.get_font_size() * max(abs(matrix.d), abs(matrix.b)) < LEAST_READABLE:
        return True
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    raw.FPDFPageObj_GetFillColor(text.raw, byref(red), byref(green), byref(blue), byref(alpha))
    if min(red.value, green.value, blue.value) < WHITE and alpha.value:
        return False
    x, y = (left + right) / 2, (bottom + top) / 2
    return not any(one[0] <= x <= one[2] and one[1] <= y <= one[3] for one in behind)


def _shown(page: Any) -> str:
    """What somebody who looks at a page sees: its text, pictures over most of it or instead of text that is not drawn, or
    nothing at all."""
    from pypdfium2 import raw  # late: only the process that opens a stranger's file loads this

    width, height = page.get_size()
    visible = invisible = covered = others = 0.0
    behind: list[tuple[float, float, float, float]] = []
    for count, shape in enumerate(page.get_objects(max_depth=4)):
        if count > MOST_SHAPES:
            break
        left, bottom, right, top = shape.get_bounds()
        if shape.type != raw.FPDF_PAGEOBJ_TEXT:
            behind.append((left, bottom, right, top))
        if shape.type == raw.FPDF_PAGEOBJ_TEXT:
            if raw.FPDFTextObj_GetTextRenderMode(shape.raw) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                invisible += 1
            elif _is_hidden(shape, behind):
                return "picture"
            else:
                visible += 1
        elif shape.type == raw.FPDF_PAGEOBJ_IMAGE:
            covered += max(0, min(right, width) - max(left, 0)) * max(0, min(top, height) - max(bottom, 0))
        else:
            others += 1
    if covered >= MOSTLY * width * height or (covered and invisible > visible):
        return "picture"
    return "text" if visible or invisible else "picture" if others or covered else "nothing"


def barcodes(path: str) -> dict:
    import zxingcpp  # late: only the process that opens a stranger's file loads this
    from PIL import Image  # late: only the process that opens a stranger's file loads this

    with Image.open(path) as image:
        found = zxingcpp.read_barcodes(image)
    return {"barcodes": [[str(one.format), one.text[:200]] for one in found[:20]]}


def words(path: str, pages: list[int]) -> dict:
    """The words of some pages (from 1) with their places. Every letter of Chinese or Japanese is a word."""
    import pypdfium2  # late: only the process that opens a stranger's file loads this

    document = pypdfium2.PdfDocument(path)
    told: dict[int, dict] = {}
    for number in pages:
        if 1 <= number <= len(document):
            page = document[number - 1]
            told[number] = {"size": list(page.get_size()), "words": list(_words(page))}
            page.close()
    return {"pages": told}


def _words(page: Any) -> Iterator[list]:
    import pypdfium2  # late: only the process that opens a stranger's file loads this

    texts = page.get_textpage()
    word: list | None = None
    for place in range(min(texts.count_chars(), MOST_LETTERS)):
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(texts.raw, place))
        if letter.isspace() or letter == "\x00":
            if word:
                yield word
            word = None
            continue
        box = _seen(page, texts.get_charbox(place))
        if word and ord(letter) < 0x2E80:
            word = [word[0] + letter, *(pick(pair) for pick, pair in zip((min, min, max, max), zip(word[1:], box)))]  # noqa: B905
        else:
            if word:
                yield word
            word = [letter, *box]
            if ord(letter) >= 0x2E80:
                yield word
                word = None
    if word:
        yield word


def _seen(page: Any, box: tuple[float, float, float, float]) -> list[float]:
    """A box of the page's own measures as fractions of the page as it is drawn: turned, cropped, from the top."""
    from pypdfium2 import raw  # late: only the process that opens a stranger's file loads this

    corners = []
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        x, y = c_int(), c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, FINE, FINE, 0, across, up, byref(x), byref(y))
        corners.append((x.value / FINE, y.value / FINE))
    (one_x, one_y), (other_x, other_y) = corners
    return [min(one_x, other_x), min(one_y, other_y), max(one_x, other_x), max(one_y, other_y)]


def draw(path: str, page: int, dpi: int, to: str) -> dict:
    import pypdfium2  # late: only the process that opens a stranger's file loads this

    document = pypdfium2.PdfDocument(path)
    shown = document[page - 1]
    longest = max(shown.get_size()) or 1
    shown.render(scale=min(dpi / 72, MOST_SIDE / longest)).to_pil().convert("RGB").save(to, "PNG")
    return {}


def main() -> None:
    limit()
    request = json.load(sys.stdin)
    tasks: dict[str, Callable[..., dict]] = {
        "inspect": inspect,
        "text": text,
        "words": words,
        "draw": draw,
        "barcodes": barcodes,
    }
    answer = tasks[request.pop("do")](**request)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
