"""Send experts new needs that fit, once a week, in their morning and language.

Rows say what is due. The e-mail is as neutral as all others: it says how many needs are new, not which, and names
nobody; the list marks them.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import NotAllowed
from engagements.actions.mornings import MONDAY, is_morning, next_morning
from engagements.models import Digest, DigestNeed, Need
from engagements.queries.digests import digest_off_token, due_digests, experts_without_digest, may_be_mailed, new_needs
from mentors.queries.profiles import own_profile
from messaging.actions.emails import send_neutral
from messaging.actions.notifications import notify

logger = logging.getLogger(__name__)

# Longer than the mail server may take, so that nobody sends again what is still being sent.
LEASE = timedelta(minutes=5)
TRIES = 6
PAUSE = timedelta(minutes=10)
AT_ONCE = 500
# A sweep ends before Celery's soft limit and leaves the rest to the next.
SWEEP_SECONDS = 45.0


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
    """Send the weekly e-mails that are due; return how many left.

    Per expert, in this order: lease the row; look whether they may and want to be written to, and what is new; send;
    note what was told, the news in the app and the next Monday. A crash between the last two sends once more, with the
    same Message-ID. When it is no morning where they are, the mail waits for the next one.
    """
    sent = 0
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until:
        digest = _lease()
        if digest is None:
            break
        sent += _deliver(digest)
    return sent


@transaction.atomic
def _lease() -> Digest | None:
    """Take the e-mail that has been due longest; rows that another sweep holds are passed over."""
    digest = due_digests().select_related("expert__user").select_for_update(skip_locked=True, of=("self",)).first()
    if digest is None:
        return None
    digest.lease_until = timezone.now() + LEASE
    digest.save(update_fields=["lease_until"])
    return digest


def _deliver(digest: Digest) -> bool:
    """Send one weekly e-mail when there is something to say; say whether it left."""
    now, user = timezone.now(), digest.expert.user
    if not may_be_mailed(digest):
        _finish(digest, [])
        return False
    if not is_morning(now, user.zone):
        _put_off(digest, until=next_morning(now, user.zone))
        return False
    needs = new_needs(digest.expert)
    if not needs:
        _finish(digest, [])
        return False
    try:
        _mail(user, digest, len(needs))
    except Exception:
        # Whatever the mail server's side raises, the row stays due and the next try comes later.
        logger.warning("weekly e-mail of expert %d did not leave", digest.pk, exc_info=True)
        if digest.tries + 1 < TRIES:
            _put_off(digest, until=now + PAUSE, is_failed=True)
        else:
            _finish(digest, [])
        return False
    _finish(digest, needs)
    return True


def _mail(user: User, digest: Digest, count: int) -> None:
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
        send_neutral(
            user=user, key=f"digest-{digest.pk}-{digest.mail_at:%Y%m%d}", subject=subject, body=body, stop=stop
        )


@transaction.atomic
def _finish(digest: Digest, needs: list[Need]) -> None:
    """Note what was told, tell it in the app, and plan the next Monday."""
    now = timezone.now()
    if needs:
        told = [DigestNeed(expert=digest.expert, need=need, told_at=now) for need in needs]
        DigestNeed.objects.bulk_create(told, ignore_conflicts=True)
        notify(
            user=digest.expert.user,
            verb="engagements.digest.sent",
            text=gettext_noop("New needs that fit what you can give: %(count)s"),
            params={"count": str(len(needs))},
            url=reverse("engagements:for-you"),
            event_key=f"digest-{digest.mail_at:%Y%m%d}",
            by_email=False,
        )
    following = next_morning(now, digest.expert.user.zone, weekday=MONDAY)
    values = {"mail_at": following, "lease_until": None, "tries": 0}
    Digest.objects.filter(pk=digest.pk).update(**values, **({"sent_at": now} if needs else {}))


def _put_off(digest: Digest, *, until: object, is_failed: bool = False) -> None:
    """Try again later. A mail that failed keeps its due time and is only leased away, so its Message-ID stays."""
    if is_failed:
        Digest.objects.filter(pk=digest.pk).update(lease_until=until, tries=digest.tries + 1)
    else:
        Digest.objects.filter(pk=digest.pk).update(mail_at=until, lease_until=None)
