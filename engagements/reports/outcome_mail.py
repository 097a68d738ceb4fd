"""The mail that asks a counterpart or mentee what came of the work: why they get it, one link, and how to end it."""

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from engagements.models import Outcome, Participant
from engagements.payloads.answer_links import Asked, claim_url, in_mail
from engagements.states.answers import Purpose
from engagements.states.outcomes import OutcomeMoment
from messaging.reports.letters import Letter, html_of, mail_to, plain_of


def question(moment: str, need: str) -> str:
    """Return what is asked at a moment, in the active language."""
    if moment == OutcomeMoment.START:
        return _("“%(need)s” begins. Where do things stand today?") % {"need": need}
    if moment == OutcomeMoment.END:
        return _("What came of “%(need)s”?") % {"need": need}
    return _("A year ago “%(need)s” was completed. Is the result still in use?") % {"need": need}


def neutral_question(moment: str) -> str:
    """Return what is asked at a moment without naming the work, in the active language."""
    if moment == OutcomeMoment.START:
        return _("Work begins. Where do things stand today?")
    if moment == OutcomeMoment.END:
        return _("Your work together is done. What came of it?")
    return _("A year ago your work together was completed. Is the result still in use?")


def participant_mail(row: Outcome, participant: Participant) -> EmailMultiAlternatives:
    """Return the mail to a participant, in their language; rows come loaded with need, organisation and expert."""
    engagement = row.engagement
    with translation.override(participant.language):
        names = {
            "name": participant.name,
            "need": engagement.need.title,
            "organisation": engagement.need.organisation.name,
            "expert": str(engagement.expert.user),
        }
        asked = Asked(
            key=f"outcome:{engagement.reference}:{row.moment}",
            thing=row,
            stamp=str(row.pk),
            words=question(row.moment, engagement.need.title),
            page=reverse("landing"),
            purposes=(Purpose.REPORT,),
        )
        ask = in_mail(participant, asked, is_named=True)
        words = (
            _(
                "You take part in “%(need)s”, with %(organisation)s and %(expert)s. %(organisation)s gave us your "
                "address because you agreed to it: we ask you at the start, at the end and a year later what came of "
                "the work, and remind you at most twice each time. We use your address for nothing else."
            )
            % names
        )
        letter = Letter(_("Two minutes about the work with %(organisation)s") % names, words, "", (ask,) if ask else ())
        stop = claim_url(participant, f"participant:{participant.reference}", Purpose.STOP, stamp="", is_named=True)
        body = plain_of(letter, stop, has_account=False)
        html = html_of(letter, stop, has_account=False)
        # A mail that was asked for is another one than that which went out before.
        key = f"outcome-{row.pk}-{row.reminders}" + (f"-{row.renewals}" if row.renewals else "")
        return mail_to(participant.email, key=key, subject=letter.subject, body=body, html=html, stop=stop)
