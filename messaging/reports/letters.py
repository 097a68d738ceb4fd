"""What a mail says, as plain text and with buttons; everything in the active language."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Button:
    """One answer that a mail offers: what it says, and the whole address it opens."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a mail asks of its reader: in a sentence, with facts (label and words) and its answers.

    Where ``is_answered_here`` is false the buttons only lead to pages, which ask to sign in.
    """

    words: str
    facts: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]
    is_answered_here: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says; ``path`` is where its link leads."""

    subject: str
    words: str
    path: str
    asks: tuple[Ask, ...] = ()

    @property
    def link(self) -> str:
        """Return the whole address its link leads to."""
        return settings.BASE_URL + self.path

    @property
    def promise(self) -> str:
        """Return what is said under answers that need no signing in; empty when there are none."""
        return promise() if any(ask.is_answered_here for ask in self.asks) else ""


def neutral_letter(path: str) -> Letter:
    """Return a mail that names nobody."""
    subject = _("There is news for you at Diaspora Net")
    return Letter(subject, _("There is news for you at Diaspora Net. Sign in to read it:"), path)


def plain_of(letter: Letter, stop: str, *, has_account: bool = True) -> str:
    """Return the mail as plain text; ``stop`` is the address that ends mails of its kind."""
    link = [letter.link] if letter.path else []
    words = "\n".join([letter.words, *link, *(_plain_ask(ask) for ask in letter.asks)])
    if letter.promise:
        words = f"{words}\n{letter.promise}"
    if not has_account:
        return _("Hello,\n\n%(words)s\n\nStop these e-mails:\n%(stop)s\n") % {"words": words, "stop": stop}
    return _("Hello,\n\n%(words)s\n\nStop e-mails of this kind:\n%(stop)s\nAll your choices:\n%(settings)s\n") % {
        "words": words,
        "stop": stop,
        "settings": settings.BASE_URL + "/settings/",
    }


def _plain_ask(ask: Ask) -> str:
    facts = [f"{label}: {text}" if label else text for label, text in ask.facts]
    answers = [f"{button.label}:\n{button.url}" for button in ask.buttons]
    return "\n".join(["", ask.words, *facts, *answers, ""])


def html_of(letter: Letter, stop: str, *, has_account: bool = True) -> str:
    """Return the same mail with buttons, for mail programs that show them."""
    choices = settings.BASE_URL + "/settings/" if has_account else ""
    context = {"letter": letter, "stop": stop, "choices": choices, "promise": letter.promise}
    return render_to_string("messaging/mail.html", context)


def promise() -> str:
    """Return what is said under every set of answers."""
    return _(
        "No need to sign in: each button opens a page that asks you once more. Whoever has this e-mail can answer for "
        "you, so do not forward it."
    )


def mail_to(
    address: str, *, key: str, subject: str, body: str, html: str = "", stop: str = ""
) -> EmailMultiAlternatives:
    """Return a mail that is ready to leave; ``stop`` is the address that ends mails of its kind with one click."""
    headers = {
        "Message-ID": f"<{key}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    if stop:
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # A name may hold a line break; a header may not.
    mail = EmailMultiAlternatives(" ".join(subject.split()), body, to=[address], headers=headers)
    if html:
        mail.attach_alternative(html, "text/html")
    return mail
