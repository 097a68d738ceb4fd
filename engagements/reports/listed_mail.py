"""The mail to somebody whom a list named: who has their details, from where, why, and one link to confirm or delete."""

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.models import ListedPerson
from engagements.payloads.listed import listed_url
from messaging.reports.letters import Ask, Button, Letter, html_of, mail_to, plain_of


def facts_of(person: ListedPerson) -> tuple[tuple[str, str], ...]:
    """Return where the details come from, why and on which ground, in the active language."""
    run = person.run
    who = {"name": run.brought_by, "country": run.country.name}
    return (
        (_("From"), _("“%(list)s”, kept by %(owner)s") % {"list": run.source, "owner": run.source_owner}),
        (_("Brought by"), _("%(name)s, coordinator for %(country)s") % who),
        (_("What for"), run.purpose),
        (_("On which ground"), run.get_legal_basis_display()),
        (_("Deleted by itself on"), date_format(person.expires_at, "DATE_FORMAT")),
    )


def listed_mail(person: ListedPerson) -> EmailMultiAlternatives:
    """Return the mail in the person's language; it comes loaded with its import and who brought that."""
    with translation.override(person.language):
        url = listed_url(person)
        names = {"list": person.run.source, "owner": person.run.source_owner}
        if person.organisation is not None:
            asks = _("Do you speak for %(organisation)s? Then confirm it, and its needs can be posted here.") % {
                "organisation": person.organisation.name
            }
        else:
            asks = _(
                "Are these details right, and may institutions of your country find you by them? Then confirm. Nobody "
                "but the coordinator sees them before that."
            )
        words = _(
            "Diaspora Net has your details from the list “%(list)s” of %(owner)s. We ask you once before anything is "
            "done with them, and remind you at most once. You can confirm or delete them with one click; without an "
            "answer they are deleted."
        )
        buttons = (Button(_("Look, confirm or delete"), url),)
        ask = Ask(asks, facts_of(person), buttons)
        letter = Letter(_("Diaspora Net has your details: confirm or delete"), words % names, "", (ask,))
        return mail_to(
            person.email,
            key=f"listed-{person.pk}-{person.mails}",
            subject=letter.subject,
            body=plain_of(letter, url, has_account=False),
            html=html_of(letter, url, has_account=False),
            stop=url,
        )
