"""Send experts new needs that fit, once a week, in their morning and language.

Rows say what is due. The e-mail is as neutral as all others: it says how many needs are new, not which, and names
nobody; the list marks them.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import NotAllowed
from diaspora_net.core.mails import Ready, send_due_mails
from engagements.actions.mornings import MONDAY, is_morning, next_morning
from engagements.models import Digest, DigestNeed, Need
from engagements.queries.digests import digest_off_token, experts_without_digest, may_be_mailed, new_needs
from mentors.queries.profiles import own_profile
from messaging.actions.emails import neutral_mail
from messaging.actions.notifications import notify

AT_ONCE = 500


@transaction.atomic
def choose_digest(*, actor: User, is_wanted: bool) -> Digest:
    """Turn one's weekly e-mail on or off. Raises NotAllowed without a profile. Effects: row."""
    profile = own_profile(actor)
    if profile is None:
        raise NotAllowed(_("Write your profile first."))
    mail_at = next_morning(timezone.now(), actor.zone, weekday=MONDAY)
    digest, _is_new = Digest.objects.update_or_create(
        expert=profile, defaults={"is_wanted": is_wanted}, create_defaults={"is_wanted": is_wanted, "mail_at": mail_at}
    )
    return digest


def plan_digests() -> int:
    """Plan the first weekly e-mail of published experts who have none yet, at most 500 at once; return how many."""
    now = timezone.now()
    planned = [
        Digest(expert=expert, mail_at=next_morning(now, expert.user.zone, weekday=MONDAY))
        for expert in experts_without_digest(AT_ONCE)
    ]
    return len(Digest.objects.bulk_create(planned, ignore_conflicts=True))


def send_due_digests() -> int:
    """Send the weekly e-mails that are due, as ``core.mails`` does; return how many left.

    Each waits for a morning where its reader is. With the note that it left stand what it told of, the news in the app
    and the next Monday; what was given up is told next week.
    """
    return send_due_mails(
        Digest.objects.select_related("expert__user"), _ready, give_up=lambda one: {"mail_at": _next(one)}
    )


def _ready(digest: Digest) -> Ready | datetime:
    now, user = timezone.now(), digest.expert.user
    if not may_be_mailed(digest):
        return _next(digest)
    if not is_morning(now, user.zone):
        return next_morning(now, user.zone)
    needs = new_needs(digest.expert)
    return Ready(_mail(user, digest, len(needs)), lambda: _told(digest, needs)) if needs else _next(digest)


def _next(digest: Digest) -> datetime:
    return next_morning(timezone.now(), digest.expert.user.zone, weekday=MONDAY)


def _mail(user: User, digest: Digest, count: int) -> EmailMessage:
    with translation.override(user.language):
        told = ngettext(
            "%(count)s new need fits what you can give.", "%(count)s new needs fit what you can give.", count
        ) % {"count": count}
        body = _(
            "Hello,\n\n"
            "%(told)s Look at your list:\n"
            "%(link)s\n\n"
            "You can turn this weekly e-mail off here:\n"
            "%(settings)s\n"
        ) % {
            "told": told,
            "link": settings.BASE_URL + reverse("engagements:for-you"),
            "settings": settings.BASE_URL + reverse("engagements:for-you-email"),
        }
        subject = _("New this week at Diaspora Net")
        stop = settings.BASE_URL + reverse("engagements:digest-off", args=[digest_off_token(user)])
        key = f"digest-{digest.pk}-{_week(digest)}"
        return neutral_mail(user=user, key=key, subject=subject, body=body, stop=stop)


def _told(digest: Digest, needs: list[Need]) -> dict[str, Any]:
    """Note what was told and tell it in the app."""
    now = timezone.now()
    told = [DigestNeed(expert=digest.expert, need=need, told_at=now) for need in needs]
    DigestNeed.objects.bulk_create(told, ignore_conflicts=True)
    notify(
        user=digest.expert.user,
        verb="engagements.digest.sent",
        text=gettext_noop("New needs that fit what you can give: %(count)s"),
        params={"count": str(len(needs))},
        url=reverse("engagements:for-you"),
        event_key=f"digest-{_week(digest)}",
        by_email=False,
    )
    return {"mail_at": _next(digest), "sent_at": now}


def _week(digest: Digest) -> str:
    """Return the week a mail is of, where its reader is: the same however long it waits for a morning."""
    return f"{(digest.mail_at or timezone.now()).astimezone(digest.expert.user.zone):%G%V}"
