"""Send a report to somebody outside by a link that ends and can be taken back. The row says that its mail is due."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.mails import Ready, send_due_mails
from diaspora_net.core.transitions import lock
from engagements.models import DonorReport, SentReport
from engagements.queries.donor_reports import document_of
from engagements.queries.sent_reports import working_of
from engagements.reports.paper import pdf_file
from engagements.reports.report_mail import report_mail
from engagements.rules.reporting import can_report_on
from engagements.states.donor_reports import Readers
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.send_reports"
OUTSIDERS = frozenset({Readers.DONORS, Readers.PUBLIC})
MOST_SENT, LONGEST_DAYS, MAX_MESSAGE = 50, 730, 1000


@transaction.atomic
def send_report(
    *, actor: User, report: DonorReport, email: str, readers: str, language: str, days: int, message: str = ""
) -> SentReport:
    """Send a report as it is now, as a PDF behind a link that works for so many days.

    Raises NotAllowed without the remit, Conflict without a closed period or at fifty links that work, Invalid with the
    problem of each field. Effects: row with the file, audit entry without the address; the e-mail after commit.
    """
    _require(actor, report)
    address = email.strip()
    _check(address, readers, language, days, message)
    report = lock(report)
    if report.period_id is None:
        raise Conflict(_("Close a period and choose it first: only numbers that stay as they are leave the house."))
    if working_of(report).count() >= MOST_SENT:
        raise Conflict(_("Fifty links to this report work already. Take some back first."))
    with override(language):
        content = pdf_file(document_of(report, Readers(readers)), language=language)
    now = timezone.now()
    sent = SentReport.objects.create(
        report=report,
        title=report.title,
        email=address,
        message=message.strip(),
        readers=readers,
        language=language,
        content=content,
        sent_by=actor,
        sent_at=now,
        expires_at=now + timedelta(days=days),
        mail_at=now,
    )
    audit.record(
        actor=actor, verb="engagements.donor_report.sent", obj=report, sent=sent.pk, readers=readers, days=days
    )
    transaction.on_commit(lambda: poke(SWEEP))
    return sent


@transaction.atomic
def take_back_report(*, actor: User, sent: SentReport) -> SentReport:
    """Let the link of a sent report open nothing any more; safe to repeat. A mail that is still due does not leave.

    Raises NotAllowed without the remit. Effects: row, audit entry when it changes.
    """
    _require(actor, sent.report)
    if lock(sent).revoked_at is None:
        SentReport.objects.filter(pk=sent.pk).update(revoked_at=timezone.now(), mail_at=None)
        audit.record(actor=actor, verb="engagements.donor_report.taken_back", obj=sent.report, sent=sent.pk)
    sent.refresh_from_db(fields=["revoked_at", "mail_at"])
    return sent


def _require(actor: User, report: DonorReport) -> None:
    if not can_report_on(actor, str(report.country)):
        raise NotAllowed(_("Only coordinators of the country send its reports."))


def _check(address: str, readers: str, language: str, days: int, message: str) -> None:
    problems = {}
    try:
        validate_email(address)
    except ValidationError:
        problems["email"] = _("Write a whole address, like name@example.org.")
    if readers not in OUTSIDERS:
        problems["readers"] = _("Choose donors or everybody: exact numbers stay with coordinators.")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = _("Choose a language.")
    if not 0 < days <= LONGEST_DAYS:
        problems["days"] = _("Choose from 1 to %(most)d days.") % {"most": LONGEST_DAYS}
    if len(message) > MAX_MESSAGE:
        problems["message"] = _("Use up to %(limit)s characters.") % {"limit": MAX_MESSAGE}
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)


def send_due_report_mails() -> int:
    """Send the e-mails of sent reports that are due, as ``core.mails`` does; return how many left."""
    return send_due_mails(SentReport.objects.defer("content").select_related("sent_by"), _mail)


def _mail(sent: SentReport) -> Ready:
    return Ready(report_mail(sent), lambda: {"mailed_at": timezone.now()})
