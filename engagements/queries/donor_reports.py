"""Read reports, closed periods and the numbers they are made of; nothing outside the viewer's remit is ever read."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict
from diaspora_net.core.leases import is_free
from diaspora_net.core.references import first_or_404
from engagements.models import ClosedPeriod, DonorReport, Programme, ReportOrder, ReportPicture
from engagements.payloads.published import publish
from engagements.payloads.targets import targets_of
from engagements.queries.counted_rows import Period, Scope
from engagements.queries.indicators import count_figures
from engagements.queries.programmes import programmes_of_remit
from engagements.reports.document import Document, make_document
from engagements.reports.pictures import Picture
from engagements.reports.report_parts import Measured, Table, target_table
from engagements.states.donor_reports import LEAST_PEOPLE, OrderState, PictureKind, Readers

LATEST_ORDERS = 5


def require_remit(viewer: User) -> frozenset[str]:
    """Return the countries that ``viewer`` coordinates. Raises Http404 for others. Queries: 1."""
    countries = remit_countries(viewer)
    if not countries:
        raise Http404
    return countries


def visible_reports(viewer: User) -> QuerySet[DonorReport]:
    """Return the reports of the viewer's remit, the last changed first. Raises Http404 for others. Queries: 1."""
    countries = require_remit(viewer)
    return DonorReport.objects.filter(country__in=sorted(countries)).select_related("programme", "period")


def get_report(viewer: User, reference: str) -> DonorReport:
    """Return a report of the viewer's remit. Raises Http404 otherwise. Queries: 2."""
    return first_or_404(visible_reports(viewer).filter(reference=reference))


def scopes_of(viewer: User) -> tuple[frozenset[str], list[Programme]]:
    """Return the countries and the programmes that ``viewer`` may count. Raises Http404 for others. Queries: 3."""
    return require_remit(viewer), list(programmes_of_remit(viewer))


def periods_of(country: str, programme: Programme | None) -> list[ClosedPeriod]:
    """Return the closed periods of a country or a programme without their figures, the latest first. Queries: 1."""
    found = ClosedPeriod.objects.filter(country=country, programme=programme)
    return list(found.defer("figures", "definitions").select_related("closed_by"))


def orders_of(report: DonorReport) -> list[ReportOrder]:
    """Return the latest files ordered of a report, without their content. Queries: 1."""
    return list(report.orders.defer("content")[:LATEST_ORDERS])


def get_order(viewer: User, reference: str) -> ReportOrder:
    """Return an ordered file of the viewer's remit that is ready. Raises Http404 otherwise. Queries: 2."""
    countries = require_remit(viewer)
    found = ReportOrder.objects.filter(report__country__in=sorted(countries), state=OrderState.DONE)
    return first_or_404(found.select_related("report").filter(reference=reference))


def orders_due() -> QuerySet[ReportOrder]:
    """Return the files that wait to be made, or whose worker has fallen silent, the longest waiting first."""
    now = timezone.now()
    found = ReportOrder.objects.filter(state__in=[OrderState.WAITING, OrderState.WORKING])
    return found.filter(is_free(now, "leased_until")).order_by("ordered_at", "pk")


def current_period(programme: Programme | None) -> Period:
    """Return the days of a programme so far, or else this year so far."""
    today = timezone.now().date()
    starts_on = today.replace(month=1, day=1)
    if programme is not None and programme.starts_on is not None:
        starts_on = min(programme.starts_on, today)
    return Period(starts_on, today)


def next_period(country: str, programme: Programme | None) -> Period:
    """Return the days that a coordinator will want to close next: the quarter before, or since the last closed day.

    Queries: 1.
    """
    today = timezone.now().date()
    quarter_begins = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    ends_on = quarter_begins - timedelta(days=1)
    last = ClosedPeriod.objects.filter(country=country, programme=programme).order_by("-ends_on").first()
    if last is None:
        return Period(ends_on.replace(month=ends_on.month - 2, day=1), ends_on)
    starts_on = last.ends_on + timedelta(days=1)
    return Period(starts_on, max(ends_on, starts_on))


def count_now(country: str, programme: Programme | None, period: Period) -> Measured:
    """Count everything at this moment, for coordinators only. Queries: 23 at most, one more for a programme."""
    figures = count_figures(Scope(frozenset({country}), programme), period)
    return Measured(publish(figures, LEAST_PEOPLE[Readers.COORDINATORS]), targets_of(programme))


def measure(report: DonorReport, readers: Readers) -> Measured:
    """Return the numbers of a report for its readers.

    Raises Conflict for readers outside while the report has no closed period: numbers that still change tell what
    came to them. Queries: 1 with a closed period, those of ``count_now`` without.
    """
    if report.period is None:
        if readers != Readers.COORDINATORS:
            raise Conflict(_("Close a period and choose it first: only numbers that stay as they are leave the house."))
        return count_now(str(report.country), report.programme, current_period(report.programme))
    k = LEAST_PEOPLE[readers]
    return Measured(publish(report.period.figures, k), report.period.targets, _earlier(report.period, k))


def _earlier(period: ClosedPeriod, k: int) -> dict[str, float]:
    """Add up what the same readers were told of the closed periods before this one. Queries: 1."""
    before = ClosedPeriod.objects.filter(
        country=period.country, programme=period.programme_id, ends_on__lt=period.starts_on
    )
    sums: dict[str, float] = defaultdict(float)
    for figures in before.values_list("figures", flat=True):
        for code, line in publish(figures, k).lines.items():
            sums[code] += line.total.value or 0
    return dict(sums)


def progress_of(programme: Programme) -> tuple[ClosedPeriod | None, Table]:
    """Return how far a programme is towards its targets, as donors may know it, with the last closed period.

    Only closed periods count, so that nobody learns from two visits what came in between; without one the table is
    empty. Queries: 1 without one, else 3.
    """
    period = ClosedPeriod.objects.filter(programme=programme).order_by("-ends_on").first()
    if period is None:
        return None, Table("", (), ())
    k = LEAST_PEOPLE[Readers.DONORS]
    measured = Measured(publish(period.figures, k), targets_of(programme), _earlier(period, k))
    return period, target_table(measured)


def document_of(report: DonorReport, readers: Readers) -> Document:
    """Return the report as its readers may have it, in the active language.

    As ``measure`` for errors. Queries: 1 for the pictures, and those of ``measure``.
    """
    photos, logos = {}, []
    for row in report.pictures.all():
        picture = _picture(row)
        if row.kind == PictureKind.LOGO:
            logos.append(picture)
        else:
            photos[row.reference] = picture
    return make_document(report, measure(report, readers), readers, photos, logos)


def _picture(row: ReportPicture) -> Picture:
    return Picture(row.reference, bytes(row.content), row.media_type, row.width, row.height, row.alt)


def get_picture(viewer: User, report: str, picture: str) -> ReportPicture:
    """Return a picture of a report of the viewer's remit. Raises Http404 otherwise. Queries: 2."""
    countries = sorted(require_remit(viewer))
    found = ReportPicture.objects.filter(report__reference=report, report__country__in=countries, reference=picture)
    return first_or_404(found)


def logos_of(report: DonorReport) -> list[Picture]:
    """Return the logos of a report. Queries: 1."""
    return [_picture(row) for row in report.pictures.filter(kind=PictureKind.LOGO)]
