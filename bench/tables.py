"""How long a file of 50,000 rows takes to be read and understood, and how much memory: processor time, so that a busy machine
measures as a quiet one. The services that check each row come on top; see bench/order_export.py.

`python bench/tables.py`
Each file is read in a process of its own. A line of JSON each: seconds of processor time, MB at most.
"""

import json
import os
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Nothing of it is used: files are read without a database.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "offline", "DEMO": "1",
    "DATABASE_URL": "postgresql:///none?host=/nonexistent", "REDIS_URL": "redis://127.0.0.1:1",
}  # fmt: skip
ROWS = 50_000
UNITS = 80


def batches_csv() -> bytes:
    lines = (f"B-{n:06},HL-KT17-W,1000,PO-{n % 500},100,2026-11-{n % 28 + 1:02}" for n in range(ROWS))
    return ("batch,product,quantity,po_number,cartons,produced_on\n" + "\n".join(lines)).encode()


def results_csv() -> bytes:
    lines = (f"B-{n // UNITS};{n % UNITS + 1};" + ";".join(f"{50 + (n * k) % 97 / 100:.2f}".replace(".", ",") for k in range(10)) for n in range(ROWS))  # fmt: skip
    return ("batch;unit;" + ";".join(f"C{k}" for k in range(10)) + "\n" + "\n".join(lines)).encode()


def results_xlsx() -> bytes:
    """Numbers of ten formats, as a laboratory's spreadsheet has them."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    formats = ["General", "0.00", "0.0%", "#,##0.00", "0.00E+00", "0.000", "0", '0.0" mm"', "0.0##", "@"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Readings")
    sheet.append(["batch", "unit", *(f"C{k}" for k in range(10))])
    for n in range(ROWS):
        cells = []
        for k, code in enumerate(formats):
            cell = WriteOnlyCell(sheet, 50 + (n * k) % 97 / 100)
            cell.number_format = code
            cells.append(cell)
        sheet.append([f"B-{n // UNITS}", n % UNITS + 1, *cells])
    output = BytesIO()
    book.save(output)
    return output.getvalue()


FILES = {"batches.csv": batches_csv, "results.csv": results_csv, "results.xlsx": results_xlsx}


def read(path: str) -> None:
    """Read and understand one file, and say what it took beyond what Django takes."""
    os.environ.update(SETTINGS)
    import django

    django.setup()
    from imports.reading import fits_for, understand
    from imports.tables import read_table

    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    with Path(path).open("rb") as file:
        table = read_table(file, fits_for(None))
    read_in = process_time() - started
    found = understand(table)
    seconds, most = process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "file": Path(path).name, "MB of file": round(Path(path).stat().st_size / 2**20, 1), "rows": found.row_count,
        "errors": len(found.errors), "read, s": round(read_in, 2), "understood, s": round(seconds, 2),
        "MB at most": round(most / 1024), "MB before": round(before / 1024),
    }))  # fmt: skip


def main() -> None:
    with TemporaryDirectory() as folder:
        for name, made in FILES.items():
            path = Path(folder) / name
            path.write_bytes(made())
            subprocess.run([sys.executable, __file__, str(path)], check=True)


if __name__ == "__main__":
    read(sys.argv[1]) if len(sys.argv) > 1 else main()
