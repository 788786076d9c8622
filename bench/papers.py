"""How long a paper takes to be read, and how much memory: processor time, so that a busy machine measures as a quiet one.

`python bench/papers.py`
A text PDF of 300 pages is read, its facts looked for and its form filled (aim: 6 s, 300 MB); a scanned page is read (5 s), and
one page's words are placed for its marks. Processor time of this process and of those that it starts. A line of JSON each.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pypdfium2
import typst

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from compliance.reading import facts, pdf, proposal  # noqa: E402 after the path
from compliance.reading.certificates import Paper  # noqa: E402 after the path
from compliance.reading.text import Page, read  # noqa: E402 after the path

PAGES = 300
ASKS = {
    "kind": "report",
    "result": True,
    "issuer": True,
    "standards": [["EN 60335-1:2012"]],
    "tests": [["T.8"], ["lead", "Pb"]],
}
FIRST = """TEST REPORT
Report No.: EXT26030201
Applicant: Shenzhen Example Electric Co., Ltd.
Model: HD-2200
Standard: EN 60335-1:2012+A15:2021
Date of issue: 2026-03-02
Laboratory: Example Testing Laboratory, Shenzhen, China
Test conclusion: PASS"""
CLAUSE = (
    "Clause {n}.{k}: The appliance was tested as the standard describes, at rated voltage and in normal use; what was measured "
    "lies within what is allowed, and no remark was made. P"
)


def text_pdf(pages: int) -> bytes:
    bodies = [FIRST, *("\n".join(CLAUSE.format(n=n, k=k) for k in range(1, 22)) for n in range(2, pages + 1))]
    source = "\n#pagebreak()\n".join("\n\n".join(f'#text("{line}")' for line in body.split("\n")) for body in bodies)
    return typst.compile(
        ("#set page(width: 210mm, height: 297mm, margin: 18mm)\n#set text(size: 9pt)\n" + source).encode()
    )


def scan() -> bytes:
    """A full page of text as a scanner makes it, at 200 dpi."""
    page = pypdfium2.PdfDocument(text_pdf(2))[1].render(scale=200 / 72).to_pil().convert("L")
    file = BytesIO()
    page.save(file, "PDF", resolution=200)
    return file.getvalue()


def _all(path: Path) -> int:
    pages = read(path, "application/pdf", most_pages=PAGES)
    list(facts.findings(facts.facts_of(ASKS, Paper(), pages, facts.About(models=("HD-2200",)))))
    fields = frozenset({"number", "issued_on", "standard", "holder", "fields.result"})
    proposal.proposal_of(pages, proposal.Wanted(fields, ("HD-2200",)))
    return len(pages)


def _scan(path: Path) -> list[Page]:
    return read(path, "application/pdf", most_pages=1)


def _words(path: Path) -> object:
    return pdf.words_of(path, [1])


def measure(what: str, path: Path) -> dict[str, object]:
    before, at, wall = _spent(), process_time(), perf_counter()
    ACTS[what](path)
    spent = process_time() - at + _spent() - before
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = round(perf_counter() - wall, 2)
    return {"what": what, "cpu_s": round(spent, 2), "wall_s": seconds, "mb_at_most": most // 1024}


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


ACTS: dict[str, Callable[[Path], object]] = {
    "words of a page": _words,
    "a text PDF, its facts and its form": _all,
    "a scanned page": _scan,
}
FILES: dict[str, Callable[[], bytes]] = {
    "words of a page": lambda: text_pdf(1),
    "a text PDF, its facts and its form": lambda: text_pdf(PAGES),
    "a scanned page": scan,
}


def main() -> None:
    """Each is read in a process of its own, so that making the file costs it no memory."""
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))), flush=True)
        return
    with TemporaryDirectory() as folder:
        for what, make in FILES.items():
            path = Path(folder, "paper.pdf")
            path.write_bytes(make())
            subprocess.run([sys.executable, __file__, what, str(path)], check=True)


if __name__ == "__main__":
    main()
