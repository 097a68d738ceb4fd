"""Reading the links out of the mails that left, as a person does who only has their mailbox."""

import re
from urllib.parse import urlsplit

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from messaging.actions.news_emails import send_notification_emails
from messaging.models import DailyMail, Notification


def named(*people: User) -> None:
    """Let people have mails that name names."""
    User.objects.filter(pk__in=[person.pk for person in people]).update(news_emails="named")
    for person in people:
        person.refresh_from_db()


def post() -> list[EmailMultiAlternatives]:
    """Let the mails that are due leave and return them."""
    mail.outbox.clear()
    leave()
    return list(mail.outbox)


def leave() -> None:
    """Let the mails that are due leave, as if each were the first of its day."""
    DailyMail.objects.all().delete()
    Notification.objects.filter(emailed_at=None, email_due_at__isnull=False).update(email_due_at=timezone.now())
    send_notification_emails()


def mail_to(person: User) -> EmailMultiAlternatives:
    """Let the mails that are due leave, and return the newest to a person."""
    return next(letter for letter in reversed(post()) if letter.to == [person.email])


def links(letter: EmailMultiAlternatives) -> dict[str, str]:
    """Return what the answers of a mail say, each with the path it opens."""
    found = re.findall(r"^(.+):\n(https?://\S+/answer/\S+)$", letter.body, re.MULTILINE)
    return {label: urlsplit(url).path + (f"?{query}" if (query := urlsplit(url).query) else "") for label, url in found}


def html_of(letter: EmailMultiAlternatives) -> str:
    """Return the part of a mail that has buttons."""
    return next(str(part.content) for part in letter.alternatives if part.mimetype == "text/html")


def sent(path: str, **values: str) -> HttpResponse:
    """Press the button of the page behind a link, without anything the browser might know."""
    return Client().post(path, values)
