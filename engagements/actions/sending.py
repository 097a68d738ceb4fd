"""Make a proposal, whoever takes the step: an expert, an institution, or a coordinator who brings both together."""

import uuid

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.references import new_reference
from diaspora_net.core.transitions import lock
from engagements.actions.announcements import receivers_of, talkers_of, tell_about_proposal
from engagements.actions.pace import check_asked_today, check_daily_limit, check_open_proposals, check_reading
from engagements.actions.reply_clocks import fresh_clock
from engagements.models import Need, Proposal
from engagements.queries.explaining import frozen_explanation
from engagements.rules.needs import can_answer_needs, is_open
from engagements.states import ProposalOrigin, Side
from engagements.states.clocks import WaitingKind
from mentors.models import ExpertProfile
from messaging.actions.conversations import open_conversation
from messaging.actions.messages import post_event, post_message
from messaging.models import Conversation
from messaging.states import ConversationState

MAX_MESSAGE, MAX_NOTE = 1000, 200
NEWS: dict[str, str] = {
    ProposalOrigin.APPLICATION: gettext_noop("An expert offers to help with “%(need)s”."),
    ProposalOrigin.INVITATION: gettext_noop("%(organisation)s asks for your help: “%(need)s”."),
    ProposalOrigin.NOMINATION: gettext_noop("A coordinator thinks of you for “%(need)s” at %(organisation)s."),
}


def send_proposal(
    *, actor: User, need: Need, profile: ExpertProfile, origin: ProposalOrigin, message: str, note: str = ""
) -> Proposal:
    """Make the proposal with its conversation and freeze why the two match. Runs in the caller's transaction.

    ``note`` is a coordinator's own reason, which stands before the frozen ones with their name. Raises Invalid for the
    message or the note, SlowDown over the day's limit, Conflict over the open ones', when the need is not
    open or has enough offers to read, the expert not free or asked enough, or a proposal live. A coordinator's limits
    are those of the people asked. Effects: conversation with the message, proposal, audit entry, news.
    """
    text = message.strip()
    if not text or len(text) > MAX_MESSAGE:
        problem = _("Write a message of up to %(limit)s characters.") % {"limit": MAX_MESSAGE}
        raise Invalid(problem, fields={"message": problem})
    note = " ".join(note.split())
    if len(note) > MAX_NOTE:
        problem = _("Write at most %(limit)s characters.") % {"limit": MAX_NOTE}
        raise Invalid(problem, fields={"note": problem})
    sender = lock(actor)
    if origin != ProposalOrigin.NOMINATION:
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
    proposal = _create_proposal(actor=actor, need=need, profile=profile, origin=origin, text=text, note=note)
    sent = {"origin": origin.value, "need": need.pk, "expert": profile.pk}
    audit.record(actor=actor, verb="engagements.proposal.sent", obj=proposal, **sent)
    tell_about_proposal(people=receivers_of(proposal), proposal=proposal, verb="sent", text=NEWS[origin])
    return proposal


def _create_proposal(
    *, actor: User, need: Need, profile: ExpertProfile, origin: ProposalOrigin, text: str, note: str
) -> Proposal:
    reference = new_reference()
    conversation = _open_conversation(actor, need, profile, origin, reverse("engagements:proposal", args=[reference]))
    if origin == ProposalOrigin.NOMINATION:
        post_event(conversation=conversation, text=gettext_noop("A coordinator brings you together. See the proposal."))
    else:
        post_message(actor=actor, conversation=conversation, client_id=uuid.uuid4(), text=text, even_if_proposed=True)
    now = timezone.now()
    side = Side.INSTITUTION if origin == ProposalOrigin.APPLICATION else Side.EXPERT
    try:
        with transaction.atomic():
            return Proposal.objects.create(
                reference=reference,
                need=need,
                expert=profile,
                origin=origin,
                sent_by=actor,
                message=text,
                explanation=frozen_explanation(need, profile, note=note),
                conversation=conversation,
                sent_at=now,
                **fresh_clock(WaitingKind.REPLY, side, need=need, expert=profile, now=now),
            )
    except IntegrityError as error:
        if "proposal_live_once" not in str(error):
            raise
        raise Conflict(_("There is a proposal between this expert and this need already.")) from None


def _open_conversation(
    actor: User, need: Need, profile: ExpertProfile, origin: ProposalOrigin, page: str
) -> Conversation:
    """Open the conversation of a proposal; that of a nomination is the expert's alone until they agree."""
    people = [profile.user]
    if origin != ProposalOrigin.NOMINATION:
        people += [*talkers_of(need), actor]
    return open_conversation(participants=people, topic=need.title, state=ConversationState.PROPOSED, subject_url=page)
