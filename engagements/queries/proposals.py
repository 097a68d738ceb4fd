"""Read proposals; ``visible_proposals`` is the one place that says who may see which."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import pathway_countries, remit_countries
from diaspora_net.core.references import first_or_404
from engagements.models import Engagement, Need, Proposal, ProposalQuestion, Session
from engagements.queries.explaining import hidden_from, thawed
from engagements.queries.pace import usual_days_of_experts, usual_days_of_organisations
from engagements.queries.work import agreements_to_give, open_memberships, sessions_to_confirm
from engagements.rules.work import knows_expert, receiver_side
from engagements.states import OPEN_PROPOSAL_STATES, ProposalOrigin, ProposalState, Side
from mentors.queries.profiles import visible_fields
from mentors.recommender.reasons import without
from mentors.recommender.types import Match

INVITATION, NOMINATION = ProposalOrigin.INVITATION, ProposalOrigin.NOMINATION
# A nomination is between the coordinator and the expert until the expert agrees.
UNAGREED = Q(origin=NOMINATION, expert_agreed_at__isnull=True)
# What waits for the expert's answer.
TO_EXPERT = Q(origin=INVITATION) | UNAGREED


def _with_names(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return proposals.select_related("need__organisation", "expert__user", "sent_by", "conversation", "engagement")


def visible_proposals(viewer: User) -> QuerySet[Proposal]:
    """Return the viewer's own as an expert, those of organisations they speak for, those of their remit's countries.

    Organisations see nominations that the expert has agreed to. Queries when built: 1 (0 for nobody).
    """
    if not viewer.is_authenticated:
        return Proposal.objects.none()
    return Proposal.objects.filter(
        Q(expert__user=viewer)
        | (Q(need__organisation__in=open_memberships(viewer, speaking=True).values("organisation")) & ~UNAGREED)
        | Q(need__organisation__country__in=sorted(remit_countries(viewer)), need__is_pathway=False)
        | Q(need__organisation__country__in=pathway_countries(viewer), need__is_pathway=True)
    )


def get_proposal(viewer: User, reference: str) -> Proposal:
    """Return the proposal when ``viewer`` may see it, with need, organisation, people, conversation and engagement.

    Raises Http404 otherwise. Queries: 2.
    """
    return first_or_404(_with_names(visible_proposals(viewer)).filter(reference=reference))


def proposals_about(need: Need, *, is_coordinator: bool) -> list[Proposal]:
    """Return the proposals about a need with their experts, waiting ones first, then newest.

    Nominations that the expert has not agreed to are for coordinators only. Queries: 1.
    """
    is_waiting = Q(state__in=sorted(OPEN_PROPOSAL_STATES))
    proposals = Proposal.objects.filter(need=need).select_related("expert__user").annotate(is_waiting=is_waiting)
    seen = proposals if is_coordinator else proposals.exclude(UNAGREED)
    return list(seen.order_by("-is_waiting", "-sent_at", "pk"))


def proposals_to_answer(viewer: User) -> QuerySet[Proposal]:
    """Return the open proposals that wait for the viewer: for a yes or no, or for an answer to a question.

    Those that run out first stand in front.
    """
    speaking = open_memberships(viewer, speaking=True).values("organisation")
    is_mine, is_ours = Q(expert__user=viewer), Q(need__organisation__in=speaking)
    is_asked = Q(state=ProposalState.INFO_REQUESTED)
    received = (is_mine & TO_EXPERT) | (is_ours & ~TO_EXPERT)
    sent = (is_mine & ~TO_EXPERT) | Q(is_ours, origin=INVITATION) | Q(sent_by=viewer, origin=NOMINATION)
    waiting = Proposal.objects.filter(state__in=sorted(OPEN_PROPOSAL_STATES)).filter(
        (received & ~is_asked) | (sent & is_asked)
    )
    return _with_names(waiting).order_by("expires_at", "pk")


@dataclass(frozen=True)
class Offers:
    """An expert's proposals: invitations that wait for them, applications that wait for an answer, and past ones."""

    to_answer: list[Proposal]
    sent: list[Proposal]
    past: list[Proposal]


def offers_of(viewer: User) -> Offers:
    """Return the viewer's own proposals as an expert, of both origins. Queries: 1."""
    proposals = list(_with_names(Proposal.objects.filter(expert__user=viewer)).order_by("-sent_at", "pk"))
    waiting = [proposal for proposal in proposals if proposal.state in OPEN_PROPOSAL_STATES]
    received = [proposal for proposal in waiting if receiver_side(proposal) == Side.EXPERT]
    return Offers(
        to_answer=sorted(received, key=lambda proposal: proposal.expires_at),
        sent=[proposal for proposal in waiting if receiver_side(proposal) == Side.INSTITUTION],
        past=[proposal for proposal in proposals if proposal.state not in OPEN_PROPOSAL_STATES],
    )


@dataclass(frozen=True)
class Waiting:
    """What needs a person's answer."""

    proposals: list[Proposal]
    sessions: list[Session]
    agreements: list[Engagement]

    def __len__(self) -> int:
        return len(self.proposals) + len(self.sessions) + len(self.agreements)


def waiting_for(viewer: User) -> Waiting:
    """Return what waits for the viewer, as an expert or for their organisations. Queries: 3."""
    return Waiting(
        proposals=list(proposals_to_answer(viewer)),
        sessions=list(sessions_to_confirm(viewer)),
        agreements=list(agreements_to_give(viewer)),
    )


def questions_of(proposal: Proposal) -> list[ProposalQuestion]:
    """Return what was asked and answered about a proposal, in order, with who. Queries: 1."""
    return list(proposal.questions.select_related("asked_by", "answered_by"))


def usual_days(proposal: Proposal) -> int | None:
    """Return in how many days the receiving side usually answers; None while that is not known. Queries: 1."""
    if receiver_side(proposal) == Side.EXPERT:
        return usual_days_of_experts([proposal.expert_id]).get(proposal.expert_id)
    organisation = proposal.need.organisation_id
    return usual_days_of_organisations([organisation]).get(organisation)


def days_left(moment: datetime) -> int:
    """Return how many whole days are left until ``moment``, never below 0."""
    return max(0, (moment - timezone.now()).days)


def frozen_match(viewer: User, proposal: Proposal) -> Match | None:
    """Return the frozen match without what ``viewer`` may not see of the expert. Queries: at most 5."""
    if not proposal.explanation:
        return None
    is_own = proposal.expert.user_id == viewer.pk
    match = thawed(proposal.explanation, is_own=is_own, by=str(proposal.sent_by))
    seen = visible_fields(viewer, proposal.expert, is_counterpart=knows_expert(viewer, proposal))
    return replace(match, reasons=without(match.reasons, hidden_from(seen)))
