"""Reports for donors: the list, writing one, its preview, and what it is downloaded as."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions import donor_reports as actions
from engagements.actions.report_orders import order_archive
from engagements.forms.donor_reports import BlockForm, BlockTextForm, NewReportForm, ReadersForm, ReportForm
from engagements.models import DonorReport
from engagements.queries import donor_reports as queries
from engagements.reports.charts import png, svg_file
from engagements.reports.figures import figure_of
from engagements.reports.paper import pdf_file
from engagements.reports.workbook import report_csv, xlsx_file
from engagements.states.donor_reports import BlockKind, Chart, FileKind, Readers

REPORTS_PER_PAGE = 50
TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.ZIP: "application/zip",
}


@signed_in
def donor_reports(request: SignedInRequest) -> HttpResponse:
    """List the reports of one's countries."""
    page = Paginator(queries.visible_reports(request.user), REPORTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "engagements/donor_reports.html", {"page": page})


@signed_in
def donor_report_new(request: SignedInRequest) -> HttpResponse:
    """Begin a report about a country or a programme."""
    remit, programmes = queries.scopes_of(request.user)
    form = NewReportForm(request.POST or None, remit=remit, programmes=programmes)
    if form.is_valid():
        country, programme = form.scope()
        with refusals_on(form):
            report = actions.begin_report(
                actor=request.user, title=form.cleaned_data["title"], country=country, programme=programme
            )
            return redirect("engagements:donor-report-edit", reference=report.reference)
    status = 422 if request.method == "POST" else 200
    return render(request, "engagements/donor_report_new.html", {"form": form}, status=status)


@signed_in
def donor_report(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show a report as its readers will have it, and what it can be downloaded as."""
    report = queries.get_report(request.user, reference)
    readers = _readers(request)
    context = {
        "report": report,
        "readers": readers,
        "document": queries.document_of(report, readers),
        "form": ReadersForm(initial={"readers": readers}),
        "orders": queries.orders_of(report),
        "files": [kind for kind in FileKind if kind != FileKind.ZIP],
    }
    return render(request, "engagements/donor_report.html", context)


@signed_in
def donor_report_edit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Give a report its title and period, and put its blocks in order."""
    report = queries.get_report(request.user, reference)
    periods = queries.periods_of(str(report.country), report.programme)
    form = ReportForm(request.POST or None, report=report, periods=periods)
    if form.is_valid():
        with refusals_on(form):
            actions.set_report(
                actor=request.user,
                report=report,
                title=form.cleaned_data["title"],
                period=form.chosen_period(),
            )
            messages.success(request, _("Saved."))
            return redirect("engagements:donor-report-edit", reference=reference)
    return _edit_page(request, report, form, status=422 if request.method == "POST" else 200)


def _edit_page(
    request: SignedInRequest, report: DonorReport, form: ReportForm, adding: BlockForm | None = None, status: int = 200
) -> HttpResponse:
    blocks = [
        {
            **block,
            "label": BlockKind(block["kind"]).label,
            "chart_label": Chart(block["chart"]).label if block["chart"] else "",
        }
        for block in report.blocks
    ]
    context: dict[str, Any] = {"report": report, "form": form, "blocks": blocks, "adding": adding or BlockForm()}
    return render(request, "engagements/donor_report_edit.html", context, status=status)


@signed_in
@require_POST
def block_new(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a block at the end of a report."""
    report = queries.get_report(request.user, reference)
    adding = BlockForm(request.POST)
    if adding.is_valid():
        with refusals_on(adding):
            actions.add_block(actor=request.user, report=report, **adding.cleaned_data)
            messages.success(request, _("Added at the end."))
            return redirect("engagements:donor-report-edit", reference=reference)
    periods = queries.periods_of(str(report.country), report.programme)
    return _edit_page(request, report, ReportForm(report=report, periods=periods), adding, status=422)


@signed_in
def block_edit(request: SignedInRequest, reference: str, block: str) -> HttpResponse:
    """Write the heading and the text of a block anew."""
    report = queries.get_report(request.user, reference)
    present = next((one for one in report.blocks if one["id"] == block), None)
    if present is None:
        raise Http404
    form = BlockTextForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_block(actor=request.user, report=report, block=block, **form.cleaned_data)
            return redirect("engagements:donor-report-edit", reference=reference)
    context = {"report": report, "form": form, "label": BlockKind(present["kind"]).label}
    return render(request, "engagements/donor_report_block.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def block_move(request: SignedInRequest, reference: str, block: str, step: str) -> HttpResponse:
    """Move a block up or down, or take it away."""
    report = queries.get_report(request.user, reference)
    if step == "remove":
        actions.remove_block(actor=request.user, report=report, block=block)
        messages.success(request, _("Taken away."))
    else:
        actions.move_block(actor=request.user, report=report, block=block, is_up=step == "up")
    return redirect("engagements:donor-report-edit", reference=reference)


@signed_in
def report_file(request: SignedInRequest, reference: str, kind: str) -> HttpResponse:
    """Download a report as a PDF, a workbook or CSV, for the readers that the address names."""
    report = queries.get_report(request.user, reference)
    readers, language = _readers(request), get_language() or "en"
    document = queries.document_of(report, readers)
    if kind == FileKind.PDF:
        content = pdf_file(document, language=language)
    elif kind == FileKind.XLSX:
        content = xlsx_file(document)
    else:
        content = report_csv(document, language=language)
    return _attached(content, TYPES[FileKind(kind)], f"report-{report.reference}-{readers}.{kind}")


@signed_in
def report_figure(request: SignedInRequest, reference: str, chart: str, kind: str) -> HttpResponse:
    """Download one chart of a report as SVG or PNG. Raises Http404 when there is nothing to draw."""
    report = queries.get_report(request.user, reference)
    readers = _readers(request)
    figure = figure_of(chart, queries.measure(report, readers), is_rtl=get_language_bidi())
    if figure.drawing is None:
        raise Http404
    name = f"{chart}-{report.reference}-{readers}.{kind}"
    if kind == "svg":
        return _attached(svg_file(figure.drawing, name=chart), "image/svg+xml", name)
    return _attached(png(figure.drawing), "image/png", name)


@signed_in
@require_POST
def report_order(request: SignedInRequest, reference: str) -> HttpResponse:
    """Order everything of a report in one archive, made in the background."""
    report = queries.get_report(request.user, reference)
    form = ReadersForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Choose for whom the report is."), status=422)
    readers = Readers(form.cleaned_data["readers"])
    order_archive(actor=request.user, report=report, readers=readers, language=get_language() or "en")
    messages.success(request, _("It is being made. Reload this page in a minute."))
    return redirect("engagements:donor-report", reference=reference)


@signed_in
def report_archive(request: SignedInRequest, reference: str) -> HttpResponse:
    """Download an archive that was ordered."""
    order = queries.get_order(request.user, reference)
    name = f"report-{order.report.reference}-{order.readers}.zip"
    return _attached(bytes(order.content or b""), TYPES[FileKind.ZIP], name)


def _readers(request: SignedInRequest) -> Readers:
    """Return the readers that the address names: coordinators where it names none."""
    asked = request.GET.get("readers", "")
    return Readers(asked) if asked in Readers.values else Readers.COORDINATORS


def _attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
