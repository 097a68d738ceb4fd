"""Send, answer and close proposals.

Lock order, here and in every action about work: organisation → sender → need → expert profile → proposal → engagement
→ session → conversation. Each step locks only what it needs, always in this order, so no two can wait for each other.
"""

import uuid
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.accounts.rules import is_member, is_trusted
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.references import new_reference
from diaspora_net.core.transitions import advance, lock
from engagements.actions import needs
from engagements.actions.agreements import write_first_version
from engagements.actions.announcements import close_conversation, start_talk, talkers_of, tell_about_proposal
from engagements.actions.ending import close_waiting
from engagements.actions.pace import check_asked_today, check_daily_limit, check_open_proposals, check_reading
from engagements.models import Engagement, Need, Proposal
from engagements.queries.explaining import frozen_explanation
from engagements.rules import work as rules
from engagements.rules.needs import can_answer_needs, is_open
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
from messaging.actions.conversations import open_conversation
from messaging.actions.messages import post_event, post_message
from messaging.states import ConversationState

REPLY_DAYS = 10
MAX_MESSAGE, MAX_NOTE = 1000, 500


@transaction.atomic
def apply_for_need(*, actor: User, need: Need, message: str) -> Proposal:
    """Offer one's own help to a need.

    Raises NotAllowed without a published profile or to one's own organisation; else see ``_send`` for effects and
    refusals.
    """
    profile = own_profile(actor)
    if profile is None or profile.state != ProfileState.PUBLISHED:
        raise NotAllowed(_("Publish your profile first; then you can offer your help."))
    if not rules.can_apply(actor, need):
        raise NotAllowed(_("You belong to this organisation, so you cannot offer your help to it."))
    return _send(actor=actor, need=need, profile=profile, origin=ProposalOrigin.APPLICATION, message=message)


@transaction.atomic
def invite_expert(*, actor: User, need: Need, expert: ExpertProfile, message: str) -> Proposal:
    """Ask an expert to take on a need.

    Raises NotAllowed unless ``actor`` speaks for the trusted organisation and may see the expert, or when the expert
    belongs to it; else see ``_send`` for effects and refusals.
    """
    if not rules.can_invite(actor, need):
        raise NotAllowed(_("Only people who speak for a verified organisation invite experts."))
    if not visible_profiles(actor).filter(pk=expert.pk).exists():
        raise NotAllowed(_("This expert is not available at present."))
    if is_member(expert.user, need.organisation):
        raise NotAllowed(_("This expert belongs to your organisation."))
    return _send(actor=actor, need=need, profile=expert, origin=ProposalOrigin.INVITATION, message=message)


def _send(*, actor: User, need: Need, profile: ExpertProfile, origin: ProposalOrigin, message: str) -> Proposal:
    """Make the proposal with its conversation and freeze why the two match.

    Raises Invalid for the message, SlowDown over the day's limit, Conflict over the open ones', when the need is not
    open or has enough offers to read, the expert not free or asked enough, or a proposal live. Effects: conversation
    with the message, proposal, audit entry, news.
    """
    text = message.strip()
    if not text or len(text) > MAX_MESSAGE:
        problem = _("Write a message of up to %(limit)s characters.") % {"limit": MAX_MESSAGE}
        raise Invalid(problem, fields={"message": problem})
    sender = lock(actor)
    check_daily_limit(sender)
    check_open_proposals(sender)
    is_apart = are_apart(profile.user, [actor, *talkers_of(need)])
    need = lock(need)
    if not is_open(need) or (is_apart and origin == ProposalOrigin.APPLICATION):
        raise Conflict(_("This need is not open at present, or all its places are taken."))
    check_reading(need, origin)
    profile = lock(profile)
    if not can_answer_needs(profile) or not profile.user.is_active or is_apart:
        raise Conflict(_("This expert is not available at present, or has no free place."))
    check_asked_today(profile, origin)
    proposal = _create_proposal(actor=actor, need=need, profile=profile, origin=origin, text=text)
    sent = {"origin": origin.value, "need": need.pk, "expert": profile.pk}
    audit.record(actor=actor, verb="engagements.proposal.sent", obj=proposal, **sent)
    news = (
        gettext_noop("An expert offers to help with “%(need)s”.")
        if origin == ProposalOrigin.APPLICATION
        else gettext_noop("%(organisation)s asks for your help: “%(need)s”.")
    )
    tell_about_proposal(side=rules.receiver_side(proposal), proposal=proposal, verb="sent", text=news)
    return proposal


def _create_proposal(*, actor: User, need: Need, profile: ExpertProfile, origin: ProposalOrigin, text: str) -> Proposal:
    people = [profile.user, *talkers_of(need), actor]
    reference = new_reference()
    page = reverse("engagements:proposal", args=[reference])
    conversation = open_conversation(
        participants=people, topic=need.title, state=ConversationState.PROPOSED, subject_url=page
    )
    post_message(actor=actor, conversation=conversation, client_id=uuid.uuid4(), text=text, even_if_proposed=True)
    now = timezone.now()
    try:
        with transaction.atomic():
            return Proposal.objects.create(
                reference=reference,
                need=need,
                expert=profile,
                origin=origin,
                sent_by=actor,
                message=text,
                explanation=frozen_explanation(need, profile),
                conversation=conversation,
                sent_at=now,
                waiting_since=now,
                expires_at=now + timedelta(days=REPLY_DAYS),
            )
    except IntegrityError as error:
        if "proposal_live_once" not in str(error):
            raise
        raise Conflict(_("There is a proposal between this expert and this need already.")) from None


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
    if not rules.can_answer_proposal(actor, proposal):
        raise NotAllowed(_("Only the side that was asked answers a proposal."))
    lock(actor)
    need, profile = lock(proposal.need), lock(proposal.expert)
    proposal = advance(proposal, ProposalState.ACCEPTED, PROPOSAL_TRANSITIONS, answered_at=timezone.now())
    if not is_trusted(need.organisation):
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
    post_event(
        conversation=proposal.conversation, text=gettext_noop("The proposal was accepted. Agree on the plan next.")
    )
    tell_about_proposal(
        side=rules.sender_side(proposal),
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
    news = (
        gettext_noop("“%(need)s” did not work out this time. Thank you for offering.")
        if proposal.origin == ProposalOrigin.APPLICATION
        else gettext_noop("The expert you asked for “%(need)s” cannot take it on now. Others may fit as well.")
    )
    tell_about_proposal(side=rules.sender_side(proposal), proposal=proposal, verb="declined", text=news)
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
    tell_about_proposal(
        side=rules.receiver_side(proposal),
        proposal=proposal,
        verb="withdrawn",
        text=gettext_noop("The proposal about “%(need)s” was taken back. You need not answer any more."),
    )
    return proposal
