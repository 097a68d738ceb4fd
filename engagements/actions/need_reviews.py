"""Send a need back with notes beside its fields, and decide about two that look alike."""

from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions.closing import withdraw_need
from engagements.actions.need_notes import check_notes, write_notes
from engagements.actions.needs import request_changes
from engagements.models import Need, NeedTwin, PlaceWatch, Proposal, SavedNeed
from engagements.queries.need_twins import LIVE_NEED_STATES
from engagements.rules import needs as rules
from engagements.states import OPEN_PROPOSAL_STATES
from engagements.states.readiness import NeedField, TwinVerdict
from messaging.actions.notifications import notify


@transaction.atomic
def send_need_back(*, actor: User, need: Need, note: str, notes: Mapping[str, str]) -> Need:
    """Send a submitted need back with what to change: in general, beside single fields, or both.

    Raises Invalid when nothing is said at all or a note is too long; otherwise raises and effects are those of
    ``needs.request_changes``, and the notes.
    """
    said = check_notes(notes)
    told = note.strip() or "\n".join(f"{NeedField(field).label}: {text}" for field, text in said.items())
    need = request_changes(actor=actor, need=need, note=told[:1000])
    write_notes(need=need, review=need.reviews.order_by("-reviewed_at", "-pk")[0], notes=said)
    return need


@transaction.atomic
def merge_need(*, actor: User, need: Need, into: Need) -> NeedTwin:
    """Say that a need is the same as another, and close it with a pointer there.

    Whoever keeps it for later keeps the other from now on, and who offered help for it, or waits for a place, reads
    where it goes on. Raises NotAllowed unless ``actor`` reviews or writes the need, Conflict when work on it is under
    way, it has ended, or the other one has. Effects: verdict, need withdrawn with its proposals, saved needs moved,
    audit entry, news to experts and to who wrote it.
    """
    if not rules.can_run_need(actor, need):
        raise NotAllowed(_("Only the organisation and the country's coordinator decide about this need."))
    present, other = _locked(need, into)
    if other.state not in LIVE_NEED_STATES or present.places_taken:
        raise Conflict(_("The other need is not open any more, or work on this one is under way. Keep both."))
    interested = _interested(need)
    twin = _decide(actor, need, into, TwinVerdict.SAME)
    for saved in SavedNeed.objects.filter(need=need).select_related("expert"):
        SavedNeed.objects.get_or_create(need=into, expert=saved.expert)
    SavedNeed.objects.filter(need=need).delete()
    withdraw_need(actor=actor, need=need)
    people = interested | {present.created_by_id, present.focal_point_id} - {actor.pk}
    for person in User.objects.filter(pk__in=people, is_active=True).order_by("pk"):
        notify(
            user=person,
            verb="engagements.need.merged",
            text=gettext_noop("“%(need)s” is the same as “%(other)s”, so it goes on there."),
            params={"need": need.title, "other": into.title},
            url=reverse("engagements:need", args=[into.reference]),
            event_key=f"need-merged:{twin.pk}",
        )
    return twin


@transaction.atomic
def keep_both(*, actor: User, need: Need, other: Need) -> NeedTwin:
    """Say that two needs which look alike are two; they are not told as alike any more.

    Raises NotAllowed unless ``actor`` reviews the need. Effects: verdict, audit entry.
    """
    if not rules.can_review_need(actor, need):
        raise NotAllowed(_("Only a coordinator of its country decides about this need."))
    _locked(need, other)
    return _decide(actor, need, other, TwinVerdict.BOTH)


def _locked(need: Need, other: Need) -> tuple[Need, Need]:
    if need.pk == other.pk:
        raise Invalid(_("Choose another need."))
    found = {one.pk: lock(one) for one in sorted((need, other), key=lambda one: one.pk)}
    return found[need.pk], found[other.pk]


def _decide(actor: User, need: Need, other: Need, verdict: str) -> NeedTwin:
    twin, is_new = NeedTwin.objects.get_or_create(
        need=need, other=other, defaults={"verdict": verdict, "decided_by": actor}
    )
    if not is_new:
        raise Conflict(_("Somebody has decided about these two meanwhile."))
    done = "merged" if verdict == TwinVerdict.SAME else "kept"
    audit.record(actor=actor, verb=f"engagements.need.{done}", obj=need, other=other.pk)
    return twin


def _interested(need: Need) -> set[int]:
    """Return the experts who offered help or wait for a place."""
    offered = Proposal.objects.filter(need=need, state__in=sorted(OPEN_PROPOSAL_STATES))
    waiting = PlaceWatch.objects.filter(need=need)
    return {*offered.values_list("expert__user", flat=True), *waiting.values_list("expert__user", flat=True)}
