"""The files that a document with a chart at its head is downloaded as: of the map, and of what waves found."""

from collections.abc import Callable, Sequence

from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from engagements.reports.charts import png, svg_file
from engagements.reports.document import Document
from engagements.reports.paper import pdf_file
from engagements.reports.report_parts import Figure
from engagements.reports.workbook import report_csv, xlsx_file

KINDS = ("csv", "xlsx", "pdf", "svg", "png")
PICTURES = ("svg", "png")


def drawn_kinds(figures: Sequence[Figure]) -> list[str]:
    """Return what figures can be downloaded as: pictures only where the first is drawn."""
    is_drawn = bool(figures) and figures[0].drawing is not None
    return [kind for kind in KINDS if is_drawn or kind not in PICTURES]


def document_file(document: Document, kind: str, name: str) -> HttpResponse:
    """Return a document as a file, its first figure as a picture. Raises Http404 where there is nothing to draw."""
    language = get_language() or "en"
    drawing = document.figures[0].drawing if document.figures else None
    if drawing is None and kind in PICTURES:
        raise Http404
    make: dict[str, tuple[str, Callable[[], bytes]]] = {
        "csv": ("text/csv; charset=utf-8", lambda: report_csv(document, language=language)),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", lambda: xlsx_file(document)),
        "pdf": ("application/pdf", lambda: pdf_file(document, language=language)),
        "svg": ("image/svg+xml", lambda: svg_file(drawing, name=name) if drawing else b""),
        "png": ("image/png", lambda: png(drawing) if drawing else b""),
    }
    content_type, content = make[kind]
    return HttpResponse(
        content(), content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    )
