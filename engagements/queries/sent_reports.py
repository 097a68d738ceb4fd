"""Read the reports that were sent: for their coordinators, for whoever has the link, and for the sweep."""

from django.db.models import QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import DonorReport, SentReport
from engagements.payloads.report_links import reference_in
from engagements.queries.donor_reports import require_remit


def sent_of(report: DonorReport) -> list[SentReport]:
    """Return to whom a report was sent, the latest first, without the files. Queries: 1."""
    return list(SentReport.objects.filter(report=report).defer("content"))


def working_of(report: DonorReport) -> QuerySet[SentReport]:
    """Return the sent ones whose link still opens something."""
    return SentReport.objects.filter(report=report, revoked_at__isnull=True, expires_at__gt=timezone.now())


def get_sent(viewer: User, reference: str) -> SentReport:
    """Return a sent report of the viewer's remit. Raises Http404 otherwise. Queries: 2."""
    countries = require_remit(viewer)
    found = SentReport.objects.filter(report__country__in=sorted(countries), reference=reference)
    return first_or_404(found.defer("content").select_related("report"))


def get_opened(token: str) -> SentReport:
    """Return what a link opens. Raises Http404 when it is wrong, over or taken back: all the same. Queries: 1."""
    rows = SentReport.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
    return first_or_404(rows.filter(reference=reference_in(token)).select_related("sent_by", "report__period"))
