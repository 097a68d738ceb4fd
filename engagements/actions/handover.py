"""Make the handover kit: files, notes and links that stay with the institution when the expert has left.

Both sides fill it while the work runs; afterwards it is the institution's alone.
"""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from diaspora_net.core.uploads.words import size_in_words
from engagements.actions.engagements import require_side
from engagements.models import Engagement, KitItem, SharedFile
from engagements.rules.files import can_fill_kit
from messaging.states import FileState

MAX_TITLE, MAX_TEXT, MAX_URL = 120, 3000, 500
MOST_ITEMS = 40
# What somebody takes home over a slow line in one piece.
MOST_BYTES = 40_000_000
_is_link = URLValidator(schemes=["http", "https"])


@transaction.atomic
def keep_in_kit(*, actor: User, shared: SharedFile, is_in: bool) -> SharedFile:
    """Put a shared file into the kit, or take it out; saying it twice changes nothing.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the kit is not theirs to change, the file was not found
    good, or the kit would be above MOST_BYTES. Effects: mark, activity, audit entry.
    """
    engagement = _open_kit(actor, shared.engagement)
    present = lock(shared)
    if (present.in_kit_at is not None) == is_in:
        return present
    if is_in:
        if present.file.state != FileState.READY:
            raise Conflict(_("This file is not ready. Wait until it is checked."))
        kit = SharedFile.objects.filter(engagement=engagement, in_kit_at__isnull=False)
        total = kit.aggregate(size=Sum("file__stored_size", default=0))["size"] + present.file.stored_size
        if total > MOST_BYTES:
            raise Conflict(_("The kit holds up to %(most)s of files.") % {"most": size_in_words(MOST_BYTES)})
    SharedFile.objects.filter(pk=shared.pk).update(in_kit_at=timezone.now() if is_in else None)
    shared.refresh_from_db()
    _note(actor, engagement, shared, "kept" if is_in else "released")
    return shared


@transaction.atomic
def add_kit_item(*, actor: User, engagement: Engagement, title: str, text: str = "", url: str = "") -> KitItem:
    """Add a note or a link; one with the same words is returned as it is.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the kit is not theirs to change or holds forty, Invalid
    with the problem of each field. Effects: item, activity, audit entry.
    """
    title, text, url = title.strip(), text.replace("\r\n", "\n").strip(), url.strip()
    _check(title, text, url)
    _open_kit(actor, engagement)
    items = KitItem.objects.filter(engagement=engagement)
    known = items.filter(title=title, text=text, url=url).first()
    if known is not None:
        return known
    if items.count() >= MOST_ITEMS:
        raise Conflict(_("The kit holds up to %(most)s notes and links.") % {"most": MOST_ITEMS})
    item = KitItem.objects.create(engagement=engagement, title=title, text=text, url=url, added_by=actor)
    _note(actor, engagement, item, "added")
    return item


@transaction.atomic
def remove_kit_item(*, actor: User, item: KitItem) -> None:
    """Take a note or a link out of the kit. Raises NotAllowed unless ``actor`` is a side, Conflict when the kit is not
    theirs to change. Effects: item gone, activity, audit entry.
    """
    engagement = _open_kit(actor, item.engagement)
    if KitItem.objects.filter(pk=item.pk).exists():
        _note(actor, engagement, item, "removed")
        item.delete()


def _open_kit(actor: User, engagement: Engagement) -> Engagement:
    side = require_side(actor, engagement)
    engagement.state = lock(engagement).state
    if not can_fill_kit(engagement, side):
        raise Conflict(_("The work has ended, so the kit is the institution's now; or the engagement is on hold."))
    return engagement


def _check(title: str, text: str, url: str) -> None:
    problems = {}
    if not title or len(title) > MAX_TITLE:
        problems["title"] = _("Write a title in up to %(limit)s characters.") % {"limit": MAX_TITLE}
    if not text and not url:
        problems["text"] = _("Write a note, or give a link.")
    if len(text) > MAX_TEXT:
        problems["text"] = _("Write up to %(limit)s characters.") % {"limit": MAX_TEXT}
    if url:
        try:
            _is_link(url)
        except ValidationError:
            problems["url"] = _("Give a whole address that begins with https://.")
        if len(url) > MAX_URL:
            problems["url"] = _("This address is too long.")
    if problems:
        raise Invalid(_("Look at the note again."), fields=problems)


def _note(actor: User, engagement: Engagement, thing: SharedFile | KitItem, verb: str) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())
    audit.record(actor=actor, verb=f"engagements.handover.{verb}", obj=thing, engagement=engagement.pk)
