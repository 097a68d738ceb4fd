"""Share files in an engagement, and remove them again.

Each act locks the person before the engagement, as ARCHITECTURE says, then checks who acts.
"""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.actions.engagements import require_side
from engagements.models import Engagement, SharedFile
from engagements.queries.shared_files import untold_rejections
from engagements.rules import files as rules
from messaging.actions.files import Arrival
from messaging.actions.kept_files import drop_file, keep_file
from messaging.actions.notifications import notify

MOST_AT_ONCE, MOST_FILES = 5, 60
# So many are told of in one run.
AT_ONCE = 100


@transaction.atomic
def share_files(*, actor: User, engagement: Engagement, arrivals: Sequence[Arrival]) -> list[SharedFile]:
    """Share one to five files, all or nothing; one that the person has shared already is not shared twice.

    Nobody can open them before they are checked. Raises NotAllowed unless ``actor`` is a side, Conflict when the work
    is over or on hold, at sixty files, or above the quota, Invalid for a kind, a size or a number of files that is not
    taken. Effects: files, activity, one audit entry, line and news for all.
    """
    side = require_side(actor, engagement)
    if not 0 < len(arrivals) <= MOST_AT_ONCE:
        problem = ngettext("Choose up to %(most)d file.", "Choose from one to %(most)d files.", MOST_AT_ONCE)
        raise Invalid(problem % {"most": MOST_AT_ONCE}, fields={"files": problem % {"most": MOST_AT_ONCE}})
    lock(actor)
    engagement.state = lock(engagement).state
    if not rules.can_share_files(engagement, side):
        raise Conflict(_("This engagement is over or on hold, so no files are added."))
    kept = [keep_file(actor=actor, conversation=engagement.conversation, arrival=arrival) for arrival in arrivals]
    known = set(SharedFile.objects.filter(engagement=engagement).values_list("file", flat=True))
    new = {file.pk: file for file in kept if file.pk not in known}
    if len(known) + len(new) > MOST_FILES:
        raise Conflict(_("An engagement shares at most %(most)s files. Remove some first.") % {"most": MOST_FILES})
    shared = [
        SharedFile.objects.create(engagement=engagement, file=file, shared_by=actor, shared_side=side)
        for file in new.values()
    ]
    if shared:
        add_line(engagement, gettext_noop("Files were shared. They stand on the page of the engagement."))
        _note(actor, shared[0], "shared", news=gettext_noop("Files were shared for “%(need)s”."))
    return shared


@transaction.atomic
def remove_file(*, actor: User, shared: SharedFile) -> None:
    """Remove a shared file for both sides; nothing of its content is kept.

    Raises NotAllowed unless ``actor`` is of the side that shared it, Conflict while it is in the handover kit or the
    engagement is on hold. Effects: row and content gone, activity, audit entry.
    """
    side = require_side(actor, shared.engagement)
    if side != shared.shared_side:
        raise NotAllowed(_("The side that shared a file removes it."))
    shared.engagement.state = lock(shared.engagement).state
    present = SharedFile.objects.select_for_update(no_key=True).filter(pk=shared.pk).first()
    if present is None:
        return
    present.engagement = shared.engagement
    if not rules.can_remove_file(present, side):
        raise Conflict(_("It is in the handover kit, or the engagement is on hold. Take it out of the kit first."))
    _note(actor, present, "removed", news="")
    file = present.file
    present.delete()
    drop_file(file=file)


@transaction.atomic
def tell_rejected_files() -> int:
    """Tell whoever shared a file that was not accepted; its page says why. Return how many. At most 100 in one run.

    Whether somebody was told is read from their news, so it may run twice or at once.
    """
    found = list(untold_rejections()[:AT_ONCE])
    for shared in found:
        notify(
            user=shared.shared_by,
            verb="engagements.file.rejected",
            text=gettext_noop("“%(file)s” was not accepted, so nobody can open it. Look why, and share it anew."),
            params={"file": shared.file.name},
            url=reverse("engagements:engagement-files", args=[shared.engagement.reference]),
            event_key=vars(shared)["key"],
        )
    return len(found)


def _note(actor: User, shared: SharedFile, verb: str, *, news: str) -> None:
    engagement = shared.engagement
    Engagement.objects.filter(pk=engagement.pk).update(last_activity_at=timezone.now())
    verb = f"engagements.file.{verb}"
    entry = audit.record(actor=actor, verb=verb, obj=shared, engagement=engagement.pk, file=str(shared.file_id))
    if news:
        tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news)
