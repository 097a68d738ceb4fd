"""Send, answer and close proposals.

Lock order, here and in every action about work: organisation → sender → need → expert profile → proposal → engagement
→ session → conversation. Each step locks only what it needs, always in this order, so no two can wait for each other.
"""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.accounts.rules import is_member, keeps_needs
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions import needs
from engagements.actions.agreements import write_first_version
from engagements.actions.announcements import (
    close_conversation,
    receivers_of,
    senders_of,
    start_talk,
    talkers_of,
    tell_about_proposal,
)
from engagements.actions.ending import close_waiting
from engagements.actions.sending import send_proposal
from engagements.models import Engagement, Need, Proposal
from engagements.rules import work as rules
from engagements.states import (
    PROPOSAL_TRANSITIONS,
    DeclineReason,
    ProposalOrigin,
    ProposalState,
)
from mentors.actions import profiles
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile, visible_profiles
from mentors.states import ProfileState
from messaging.actions.conversations import add_participant
from messaging.actions.messages import post_event

MAX_NOTE = 500
# What whoever asked reads after a no.
DECLINED: dict[str, str] = {
    ProposalOrigin.APPLICATION: gettext_noop("“%(need)s” did not work out this time. Thank you for offering."),
    ProposalOrigin.INVITATION: gettext_noop(
        "The expert you asked for “%(need)s” cannot take it on now. Others may fit as well."
    ),
    ProposalOrigin.NOMINATION: gettext_noop("“%(need)s” did not work out this time. Thank you for being there."),
}


@transaction.atomic
def apply_for_need(*, actor: User, need: Need, message: str) -> Proposal:
    """Offer one's own help to a need.

    Raises NotAllowed without a published profile or to one's own organisation; else see ``send_proposal`` for effects
    and refusals.
    """
    profile = own_profile(actor)
    if profile is None or profile.state != ProfileState.PUBLISHED:
        raise NotAllowed(_("Publish your profile first; then you can offer your help."))
    if not rules.can_apply(actor, need):
        raise NotAllowed(_("You belong to this organisation, so you cannot offer your help to it."))
    return send_proposal(actor=actor, need=need, profile=profile, origin=ProposalOrigin.APPLICATION, message=message)


@transaction.atomic
def invite_expert(*, actor: User, need: Need, expert: ExpertProfile, message: str) -> Proposal:
    """Ask an expert to take on a need.

    Raises NotAllowed unless ``actor`` speaks for the trusted organisation and may see the expert, or when the expert
    belongs to it; else see ``send_proposal`` for effects and refusals.
    """
    if not rules.can_invite(actor, need):
        raise NotAllowed(_("Only people who speak for a verified organisation invite experts."))
    if not visible_profiles(actor).filter(pk=expert.pk).exists():
        raise NotAllowed(_("This expert is not available at present."))
    if is_member(expert.user, need.organisation):
        raise NotAllowed(_("This expert belongs to your organisation."))
    return send_proposal(actor=actor, need=need, profile=expert, origin=ProposalOrigin.INVITATION, message=message)


@transaction.atomic
def view_proposal(*, actor: User, proposal: Proposal) -> Proposal:
    """Note that the receiving side has opened the proposal; does nothing for others and later.

    Effects: state, audit entry.
    """
    if proposal.state != ProposalState.SENT or not rules.can_answer_proposal(actor, proposal):
        return proposal
    if lock(proposal).state == ProposalState.SENT:
        advance(proposal, ProposalState.VIEWED, PROPOSAL_TRANSITIONS, viewed_at=timezone.now())
        audit.record(actor=actor, verb="engagements.proposal.viewed", obj=proposal)
    return proposal


@transaction.atomic
def accept_proposal(*, actor: User, proposal: Proposal) -> Engagement:
    """Accept a proposal: it becomes an engagement that keeps the conversation, all of it or nothing.

    Raises NotAllowed unless ``actor`` is on the receiving side, Conflict when it was answered before, the need is not
    open or a place is missing on either side. Effects: state, a place of the need and one of the expert, engagement,
    conversation opened, siblings superseded when the need is full, audit entries, news.
    """
    if not rules.can_answer_proposal(actor, proposal) or rules.is_nominee(actor, proposal):
        raise NotAllowed(_("Only the side that was asked answers a proposal."))
    lock(actor)
    need, profile = lock(proposal.need), lock(proposal.expert)
    proposal = advance(proposal, ProposalState.ACCEPTED, PROPOSAL_TRANSITIONS, answered_at=timezone.now())
    if not keeps_needs(need.organisation):
        raise Conflict(_("The organisation is not verified at present, so no work can begin."))
    is_free = profile.state in {ProfileState.PUBLISHED, ProfileState.PAUSED} and profile.user.is_active
    if not is_free or are_apart(profile.user, [actor]):
        raise Conflict(_("This expert is not available at present."))
    needs.take_place(need=need)
    profiles.take_place(profile=profile)
    engagement = _create_engagement(proposal, need)
    write_first_version(actor=actor, engagement=engagement)
    proposal = advance(proposal, ProposalState.CONVERTED, PROPOSAL_TRANSITIONS)
    audit.record(actor=actor, verb="engagements.proposal.accepted", obj=proposal, engagement=engagement.pk)
    audit.record(actor=actor, verb="engagements.engagement.created", obj=engagement, proposal=proposal.pk)
    page = reverse("engagements:engagement", args=[engagement.reference])
    start_talk(proposal.conversation, accepted_by=actor, page=page)
    for person in talkers_of(need) if need.is_pathway else []:
        add_participant(conversation=proposal.conversation, user=person)
    post_event(
        conversation=proposal.conversation, text=gettext_noop("The proposal was accepted. Agree on the plan next.")
    )
    tell_about_proposal(
        people=senders_of(proposal),
        proposal=proposal,
        verb="accepted",
        text=gettext_noop("Yes to “%(need)s”. Agree on the plan next."),
        ask=f"agreement:{engagement.reference}",
    )
    if need.places_taken >= need.places:
        close_waiting(
            actor=actor,
            need=need,
            to=ProposalState.SUPERSEDED,
            text=gettext_noop("The place for “%(need)s” went to someone else. Thank you for being there."),
        )
    engagement.refresh_from_db()
    return engagement


def _create_engagement(proposal: Proposal, need: Need) -> Engagement:
    return Engagement.objects.create(
        need=need,
        expert=proposal.expert,
        proposal=proposal,
        conversation=proposal.conversation,
        focal_point=(talkers_of(need) or [need.focal_point])[0],
        kind=need.kind,
        modality=need.modality,
        goal=need.deliverable or need.title,
        hours_planned=need.hours,
        starts_on=need.starts_on,
        ends_on=need.closes_on,
    )


@transaction.atomic
def decline_proposal(
    *, actor: User, proposal: Proposal, reason: str, note: str = "", pause_until: date | None = None
) -> Proposal:
    """Say no, with a reason that stays private; the sender reads a kind standard text.

    An expert may hide the profile in the same step, ``pause_until`` a day. Raises NotAllowed unless ``actor`` is on
    the receiving side, Invalid for the reason or the day, Conflict when answered before. Effects: state, conversation
    closed, audit entry, news, profile.
    """
    if not rules.can_answer_proposal(actor, proposal):
        raise NotAllowed(_("Only the side that was asked answers a proposal."))
    if reason not in DeclineReason.values:
        problem = _("Choose a reason. The other side does not see it.")
        raise Invalid(problem, fields={"reason": problem})
    if pause_until is not None and proposal.expert.user_id == actor.pk:
        _pause(actor, proposal.expert, pause_until)
    proposal = advance(
        proposal,
        ProposalState.DECLINED,
        PROPOSAL_TRANSITIONS,
        answered_at=timezone.now(),
        decline_reason=reason,
        decline_note=note.strip()[:MAX_NOTE],
    )
    close_conversation(proposal.conversation)
    audit.record(actor=actor, verb="engagements.proposal.declined", obj=proposal, reason=reason)
    tell_about_proposal(people=senders_of(proposal), proposal=proposal, verb="declined", text=DECLINED[proposal.origin])
    return proposal


def _pause(actor: User, profile: ExpertProfile, until: date) -> None:
    """Hide the profile until a day; one that is hidden already stays so."""
    if lock(profile).state == ProfileState.PUBLISHED:
        profiles.pause_profile(actor=actor, profile=profile, until=until)


@transaction.atomic
def withdraw_proposal(*, actor: User, proposal: Proposal) -> Proposal:
    """Take a proposal back before it is answered.

    Raises NotAllowed unless ``actor`` is on the sending side, Conflict when it was answered before. Effects: state,
    conversation closed, audit entry, news.
    """
    if not rules.can_withdraw_proposal(actor, proposal):
        raise NotAllowed(_("Only the side that sent a proposal takes it back."))
    proposal = advance(proposal, ProposalState.WITHDRAWN, PROPOSAL_TRANSITIONS, answered_at=timezone.now())
    close_conversation(proposal.conversation)
    audit.record(actor=actor, verb="engagements.proposal.withdrawn", obj=proposal)
    also = senders_of(proposal) if proposal.origin == ProposalOrigin.NOMINATION else []
    tell_about_proposal(
        people=[one for one in (*receivers_of(proposal), *also) if one.pk != actor.pk],
        proposal=proposal,
        verb="withdrawn",
        text=gettext_noop("The proposal about “%(need)s” was taken back. You need not answer any more."),
    )
    return proposal
