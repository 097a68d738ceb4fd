"""The e-mail with which a report reaches somebody outside: who sends it, one link, until when it works."""

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.models import SentReport
from engagements.payloads.report_links import link_of
from messaging.reports.letters import mail_to


def report_mail(sent: SentReport) -> EmailMultiAlternatives:
    """Return the e-mail in the language of the report; ``sent`` comes loaded with who sent it."""
    with translation.override(sent.language):
        names = {
            "title": sent.title,
            "name": str(sent.sent_by),
            "message": f"{sent.message}\n\n" if sent.message else "",
            "link": link_of(sent),
            "day": date_format(sent.expires_at, "DATE_FORMAT"),
        }
        subject = _("Report: %(title)s") % names
        body = (
            _(
                "Hello,\n\n%(name)s sends you the report “%(title)s”.\n\n%(message)sRead it or take it as a PDF:\n"
                "%(link)s\n\nThe link works until %(day)s, without signing in, unless %(name)s takes it back before. "
                "You get this one e-mail about it and no other.\n"
            )
            % names
        )
        return mail_to(sent.email, key=f"report-{sent.reference}", subject=subject, body=body)
