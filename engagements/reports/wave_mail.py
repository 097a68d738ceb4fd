"""The mail that brings somebody the link to what they answered: why they get it, and how to take it back."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.models import MappingAnswer
from messaging.reports.letters import Ask, Button, Letter, html_of, mail_to, plain_of


def wave_mail(answer: MappingAnswer, path: str) -> EmailMultiAlternatives:
    """Return the mail with the link to somebody's own answers, in the language they answered in."""
    with translation.override(answer.language):
        names = {"title": answer.wave.title, "day": date_format(answer.wave.keep_until)}
        words = (
            _(
                "You answered the survey “%(title)s”, or somebody did with this address. Behind the link you read what "
                "is kept, change it, or delete it. It is deleted by itself after %(day)s."
            )
            % names
        )
        url = settings.BASE_URL + path
        ask = Ask(_("Your answers"), (), (Button(_("See, change or delete them"), url),), is_answered_here=False)
        letter = Letter(_("Your answers to “%(title)s”") % names, words, "", (ask,))
        body, html = plain_of(letter, url, has_account=False), html_of(letter, url, has_account=False)
        key = f"wave-{answer.reference}-{answer.mails}"
        return mail_to(answer.email, key=key, subject=letter.subject, body=body, html=html)
