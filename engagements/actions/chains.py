"""Plan what follows on an engagement: a visit, then remote follow-up, a visit again, mentoring, as one chain.

Every link points to the same need and keeps its place there; the expert gives a place of their own to each.
"""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.blocks import are_apart
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.transitions import lock
from engagements.actions.agreements import agree_engagement, terms_of, write_first_version
from engagements.actions.announcements import talkers_of
from engagements.actions.engagements import require_side
from engagements.models import Engagement, Need, Participant, Proposal
from engagements.queries.agreements import latest_version
from engagements.states import (
    CONTINUING_STATES,
    STOPPED_STATES,
    NeedState,
    ProposalOrigin,
    ProposalState,
    Side,
)
from mentors.actions import profiles
from mentors.states import EngagementKind
from messaging.actions.conversations import open_conversation
from messaging.actions.messages import post_event
from messaging.states import ConversationState

_ORIGIN = {Side.EXPERT: ProposalOrigin.APPLICATION, Side.INSTITUTION: ProposalOrigin.INVITATION}
# Nobody asks for help with these any more.
_GIVEN_UP = frozenset({NeedState.WITHDRAWN, NeedState.REJECTED})


@transaction.atomic
def plan_next(
    *,
    actor: User,
    engagement: Engagement,
    kind: str,
    modality: str,
    goal: str,
    hours_planned: int,
    terms_of_reference: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Engagement:
    """Plan the engagement that follows; the planner has agreed to it, and the other side is asked.

    What the plan does not say is taken over from the agreement before, and so are the people who take part. One that is
    planned already is returned when the plan is the same. Raises NotAllowed unless ``actor`` is a side, Invalid with
    the problem of each field, Conflict when the work is not under way or completed, something follows on it already,
    the need was given up, the organisation is not trusted, or the expert is not available. Effects: proposal, a place
    of the expert, conversation, engagement with its people, version 1 with the planner's acceptance, audit entries,
    news.
    """
    side = require_side(actor, engagement)
    if kind not in EngagementKind.values:
        problem = _("Choose what kind of work it is.")
        raise Invalid(problem, fields={"kind": problem})
    lock(actor)
    need, profile = lock(engagement.need), lock(engagement.expert)
    present = lock(engagement)
    follower = Engagement.objects.filter(previous=engagement).exclude(state__in=sorted(STOPPED_STATES)).first()
    if follower is not None:
        if follower.kind == kind and follower.goal == goal.strip() and follower.hours_planned == hours_planned:
            return follower
        raise Conflict(_("Something follows on this engagement already. Plan the next one from there."))
    _check(present, need)
    if not profile.user.is_active or are_apart(profile.user, [actor, *talkers_of(need)]):
        raise Conflict(_("This expert is not available at present."))
    before = terms_of(latest_version(engagement))
    terms = replace(
        before,
        goal=goal,
        modality=modality,
        hours_planned=hours_planned,
        terms_of_reference=before.terms_of_reference if terms_of_reference is None else terms_of_reference,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    profiles.take_place(profile=profile)
    planned = _create(actor, engagement, side, kind)
    _bring_people(actor, engagement, planned)
    write_first_version(actor=actor, engagement=planned, terms=terms)
    facts = {"proposal": planned.proposal_id, "previous": present.pk}
    audit.record(actor=actor, verb="engagements.engagement.created", obj=planned, **facts)
    text = gettext_noop("An earlier engagement goes on here. Agree on the plan.")
    post_event(conversation=planned.conversation, text=text)
    return agree_engagement(actor=actor, engagement=planned)


def _check(present: Engagement, need: Need) -> None:
    if present.state not in CONTINUING_STATES:
        raise Conflict(_("The next engagement is planned while the work is under way or when it is completed."))
    if need.state in _GIVEN_UP or not is_trusted(need.organisation):
        raise Conflict(_("The need was taken back, or the organisation is not verified at present."))


def _create(actor: User, engagement: Engagement, side: Side, kind: str) -> Engagement:
    """Write the engagement as a copy of the one before, with a proposal of its own that became it at once."""
    need, expert, now = engagement.need, engagement.expert, timezone.now()
    talkers = talkers_of(need) or [need.focal_point]
    conversation = open_conversation(
        participants=[expert.user, *talkers, actor], topic=need.title, state=ConversationState.OPEN
    )
    proposal = Proposal.objects.create(
        need=need,
        expert=expert,
        origin=_ORIGIN[side],
        is_follow_up=True,
        sent_by=actor,
        state=ProposalState.CONVERTED,
        message=engagement.goal,
        explanation=engagement.proposal.explanation,
        conversation=conversation,
        answered_at=now,
        expires_at=now,
    )
    planned = Engagement.objects.create(
        need=need,
        expert=expert,
        proposal=proposal,
        previous=engagement,
        conversation=conversation,
        focal_point=talkers[0],
        kind=kind,
        modality=engagement.modality,
        goal=engagement.goal,
        hours_planned=engagement.hours_planned,
    )
    page = reverse("engagements:engagement", args=[planned.reference])
    conversation.subject_url = page
    conversation.save(update_fields=["subject_url"])
    return planned


def _bring_people(actor: User, engagement: Engagement, planned: Engagement) -> None:
    """Let counterparts and mentees who have not left take part in what follows."""
    Participant.objects.bulk_create(
        Participant(engagement=planned, name=one.name, role=one.role, language=one.language, added_by=actor)
        for one in Participant.objects.filter(engagement=engagement, left_at__isnull=True)
    )
