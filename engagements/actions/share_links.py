"""Private addresses of a programme's shared page: made, shown once, taken back."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.programmes import require_runner
from engagements.models import Programme, ShareLink
from engagements.queries.share_links import hash_of

MOST_LINKS, LONGEST_DAYS = 20, 730
# 256 random bits, as secrets.token_urlsafe makes them by default.
TOKEN_BYTES = 32


@transaction.atomic
def make_share_link(*, actor: User, programme: Programme, label: str, days: int) -> tuple[ShareLink, str]:
    """Make a private address that opens the shared page for so many days; return it with its token.

    The token is told here and never again: only its hash is kept. Raises NotAllowed outside the remit, Invalid for
    label or days, Conflict at twenty that work. Effects: row, audit entry.
    """
    require_runner(actor, programme)
    cleaned = " ".join(label.split())
    if not cleaned or len(cleaned) > 80:
        problem = _("Say in up to 80 characters whom the link is for.")
        raise Invalid(problem, fields={"label": problem})
    if not 0 < days <= LONGEST_DAYS:
        problem = _("Choose from 1 to %(most)d days.") % {"most": LONGEST_DAYS}
        raise Invalid(problem, fields={"days": problem})
    lock(programme)
    working = ShareLink.objects.filter(programme=programme, revoked_at__isnull=True, expires_at__gt=timezone.now())
    if working.count() >= MOST_LINKS:
        raise Conflict(_("Twenty links work already. Take some back first."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        programme=programme,
        label=cleaned,
        token_hash=hash_of(token),
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(actor=actor, verb="engagements.share_link.made", obj=link, programme=programme.pk, days=days)
    return link, token


@transaction.atomic
def revoke_share_link(*, actor: User, link: ShareLink) -> ShareLink:
    """Let a private address open nothing any more; safe to repeat.

    Raises NotAllowed outside the remit. Effects: row, audit entry when it changes.
    """
    require_runner(actor, link.programme)
    if lock(link).revoked_at is None:
        ShareLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
        audit.record(actor=actor, verb="engagements.share_link.revoked", obj=link)
    link.refresh_from_db()
    return link
