"""What a coordinator does from the desk to get things moving again."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, NotAllowed
from engagements.actions.announcements import talkers_of
from engagements.models import Engagement, Need, Proposal
from engagements.payloads.waiting_words import reminder_text
from engagements.queries.answers import reminder_key
from engagements.queries.reminders import ENGAGEMENT_REMINDED, PROPOSAL_REMINDED, reminded_today
from engagements.queries.waiting import present_step
from engagements.states import OPEN_PROPOSAL_STATES, RUNNING_STATES, ProposalState
from engagements.states.clocks import WaitingKind
from messaging.actions.notifications import notify

# What a coordinator sends says what the first reminder of the clock says.
FIRST = 1


def _check(actor: User, need: Need) -> None:
    if not coordinates(actor, need.organisation.country.code):
        raise NotAllowed(_("Only the coordinator of this country does that."))


def _check_pace(verb: str, thing: Proposal | Engagement) -> None:
    if str(thing.pk) in reminded_today(verb):
        raise Conflict(_("A reminder went out today already. The next one can go out tomorrow."))


@transaction.atomic
def remind_step(*, actor: User, kind: WaitingKind, row: int) -> None:
    """Remind whoever is waited for at a step, in the words of its clock, at most once a day for a piece of work.

    ``row`` is what waits: a proposal, an engagement, a session or a meeting. Raises NotAllowed outside the remit;
    Conflict when it waits no longer, or somebody was reminded today. Effects: audit entry, news to them.
    """
    step = present_step(kind, row)
    if step is None:
        raise Conflict(_("This waits no more: somebody was quicker."))
    if not coordinates(actor, step.country):
        raise NotAllowed(_("Only the coordinator of this country does that."))
    thing = _work_of(kind, row)
    verb = PROPOSAL_REMINDED if isinstance(thing, Proposal) else ENGAGEMENT_REMINDED
    _check_pace(verb, thing)
    entry = audit.record(actor=actor, verb=verb, obj=thing, kind=kind.value)
    for person in step.people:
        notify(
            user=person,
            verb=verb,
            text=reminder_text(kind, FIRST),
            params={"need": step.title, "organisation": step.organisation.name},
            url=step.answer_url,
            ask=reminder_key(kind, row, step.since),
            event_key=f"desk-reminder:{entry.pk}",
        )


def _work_of(kind: WaitingKind, row: int) -> Proposal | Engagement:
    """Return the proposal or the engagement that a waiting row belongs to. Queries: 1."""
    if kind in {WaitingKind.REPLY, WaitingKind.INFORMATION}:
        return Proposal.objects.get(pk=row)
    by = {WaitingKind.HOURS: "sessions", WaitingKind.TIME: "meetings", WaitingKind.SESSION: "meetings"}
    return Engagement.objects.get(**{by.get(kind, "pk"): row})


def remind_receiver(*, actor: User, proposal: Proposal) -> None:
    """Remind whoever has not answered a proposal, or a question about it. Raises and effects: as ``remind_step``."""
    _check(actor, proposal.need)
    if proposal.state not in OPEN_PROPOSAL_STATES:
        raise Conflict(_("This proposal has been answered meanwhile."))
    is_asked = proposal.state == ProposalState.INFO_REQUESTED
    kind = WaitingKind.INFORMATION if is_asked else WaitingKind.REPLY
    remind_step(actor=actor, kind=kind, row=proposal.pk)


@transaction.atomic
def remind_both_sides(*, actor: User, engagement: Engagement) -> None:
    """Ask both sides of a quiet engagement how it goes, at most once a day. Effects: audit entry, news to both.

    Raises NotAllowed outside the remit; Conflict when it has ended, or both were reminded today.
    """
    _check(actor, engagement.need)
    if engagement.state not in RUNNING_STATES:
        raise Conflict(_("This engagement has ended meanwhile."))
    _check_pace(ENGAGEMENT_REMINDED, engagement)
    audit.record(actor=actor, verb=ENGAGEMENT_REMINDED, obj=engagement)
    for person in (engagement.expert.user, *talkers_of(engagement.need)):
        notify(
            user=person,
            verb=ENGAGEMENT_REMINDED,
            text=gettext_noop("How is “%(need)s” going? Log what was done, or say what stands in the way."),
            params={"need": engagement.need.title},
            url=reverse("engagements:engagement", args=[engagement.reference]),
            event_key=f"engagement-reminder:{engagement.pk}:{timezone.localdate().isoformat()}",
        )
