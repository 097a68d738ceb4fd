"""Everything of a report in one archive: PDF, workbook, CSV, and each chart as SVG and PNG."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from engagements.reports.charts import png, svg_file
from engagements.reports.document import Document
from engagements.reports.paper import pdf_file
from engagements.reports.workbook import report_csv, xlsx_file

Part = tuple[str, Callable[[], bytes]]


def parts_of(document: Document, *, language: str) -> list[Part]:
    """Return the files of the archive, each with what makes it; making them is the work."""
    parts: list[Part] = [
        ("report.pdf", partial(pdf_file, document, language=language)),
        ("report.xlsx", partial(xlsx_file, document)),
        ("report.csv", partial(report_csv, document, language=language)),
    ]
    for number, figure in enumerate(document.figures, start=1):
        if figure.drawing is not None:
            name = f"figures/{number}-{figure.key}"
            parts.append((f"{name}.svg", partial(svg_file, figure.drawing, name=figure.key)))
            parts.append((f"{name}.png", partial(png, figure.drawing)))
    for number, section in enumerate(document.sections, start=1):
        if section.picture is not None:
            parts.append((f"photos/{number}.{section.picture.ending}", partial(bytes, section.picture.content)))
    return parts


def archive_of(parts: list[Part]) -> Iterator[bytes | None]:
    """Make one part after the other, yielding None after each, and at last the archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, make in parts:
            archive.writestr(zipfile.ZipInfo(name), make(), zipfile.ZIP_DEFLATED)
            yield None
    yield file.getvalue()
