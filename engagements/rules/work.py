"""Who may do what with proposals, engagements, sessions and certificates.

Each rule answers for one person and one object.
"""

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import (
    can_speak_for,
    coordinates,
    is_member,
    is_trusted,
    keeps_needs,
    mediates_pathways,
)
from engagements.models import Certificate, Engagement, Need, Proposal, Session
from engagements.states import LIVE_PROPOSAL_STATES, OPEN_PROPOSAL_STATES, ProposalOrigin, ProposalState, Side
from mentors.models import ExpertProfile


def other_side(side: Side) -> Side:
    """Return the side across the table."""
    return Side.INSTITUTION if side == Side.EXPERT else Side.EXPERT


def receiver_side(proposal: Proposal) -> Side:
    """Return the side whose answer is awaited: the institution for an application, the expert for an invitation.

    A nomination waits for the expert, then for the institution.
    """
    if proposal.origin == ProposalOrigin.APPLICATION or proposal.expert_agreed_at:
        return Side.INSTITUTION
    return Side.EXPERT


def sender_side(proposal: Proposal) -> Side | None:
    """Return the side that made the proposal; None for a nomination that the expert has not agreed to."""
    if proposal.origin == ProposalOrigin.NOMINATION and not proposal.expert_agreed_at:
        return None
    return other_side(receiver_side(proposal))


def can_nominate(user: User, need: Need) -> bool:
    """Say whether the person may bring experts and the need together: the country's coordinators, never a member.

    Queries: 2.
    """
    covers = mediates_pathways if need.is_pathway else coordinates
    return covers(user, need.organisation.country.code) and not is_member(user, need.organisation)


def _side(user: User, expert: ExpertProfile, need: Need) -> Side | None:
    if not user.is_authenticated:
        return None
    if expert.user_id == user.pk:
        return Side.EXPERT
    return Side.INSTITUTION if can_speak_for(user, need.organisation) else None


def proposal_side(user: User, proposal: Proposal) -> Side | None:
    """Return the side the person takes in the proposal, or None. Queries: at most 1."""
    return _side(user, proposal.expert, proposal.need)


def side_of(user: User, engagement: Engagement) -> Side | None:
    """Return the side the person takes in the engagement, or None. Queries: at most 1."""
    return _side(user, engagement.expert, engagement.need)


def can_apply(user: User, need: Need) -> bool:
    """Say whether the person may offer help to the need: nobody does to their own organisation, nor to a pathway.

    Queries: at most 1.
    """
    return not need.is_pathway and not is_member(user, need.organisation)


def can_invite(user: User, need: Need) -> bool:
    """Say whether the person may invite experts to the need, no pathway: speaks for its organisation, which is trusted.

    Queries: 1.
    """
    return not need.is_pathway and is_trusted(need.organisation) and can_speak_for(user, need.organisation)


def can_answer_proposal(user: User, proposal: Proposal) -> bool:
    """Say whether the person may answer: the receiving side only. Queries: at most 1."""
    return proposal_side(user, proposal) == receiver_side(proposal)


def is_nominee(user: User, proposal: Proposal) -> bool:
    """Say whether the person was nominated and has not agreed yet."""
    is_first = proposal.origin == ProposalOrigin.NOMINATION and not proposal.expert_agreed_at
    return is_first and proposal.expert.user_id == user.pk


def is_anonymous(proposal: Proposal) -> bool:
    """Say whether the institution reads of the expert no name and no more than the country: in a labour pathway until
    it has accepted.
    """
    return proposal.need.is_pathway and proposal.state != ProposalState.CONVERTED


def can_withdraw_proposal(user: User, proposal: Proposal) -> bool:
    """Say whether the person may take the proposal back: the sending side; the coordinators for a nomination.

    Queries: at most 2.
    """
    if proposal.origin == ProposalOrigin.NOMINATION and can_nominate(user, proposal.need):
        return True
    side = proposal_side(user, proposal)
    return side is not None and side == sender_side(proposal)


def can_read_decline(user: User, proposal: Proposal) -> bool:
    """Say whether the person may read why it was declined: who declined, and the country's coordinators.

    Queries: at most 2.
    """
    return can_answer_proposal(user, proposal) or coordinates(user, proposal.need.organisation.country.code)


def knows_expert(user: User, proposal: Proposal) -> bool:
    """Say whether the person knows the expert as a counterpart, whatever the profile says of who may find it.

    The country's coordinators do; the organisation while it keeps its needs and the expert has come to it or said yes,
    so that an invitation nobody accepted shows nobody. Queries: at most 2.
    """
    organisation = proposal.need.organisation
    if coordinates(user, organisation.country.code):
        return True
    if is_anonymous(proposal):
        return False
    has_come = sender_side(proposal) == Side.EXPERT and proposal.state in OPEN_PROPOSAL_STATES
    has_agreed = proposal.state in LIVE_PROPOSAL_STATES - OPEN_PROPOSAL_STATES
    return (has_come or has_agreed) and keeps_needs(organisation) and can_speak_for(user, organisation)


def can_supervise(user: User, engagement: Engagement) -> bool:
    """Say whether the person may hold, release and follow up: the country's coordinators, never a side of it.

    Queries: ≤ 2.
    """
    if not coordinates(user, engagement.need.organisation.country.code):
        return False
    return side_of(user, engagement) is None


def can_answer_session(user: User, session: Session) -> bool:
    """Say whether the person may confirm or dispute the hours: only the side that did not log them.

    Queries: at most 1.
    """
    side = side_of(user, session.engagement)
    return side is not None and side != session.logged_side and user.pk != session.logged_by_id


def can_correct_session(user: User, session: Session) -> bool:
    """Say whether the person may correct the session: only who logged it, while still on that side.

    Queries: at most 1.
    """
    return user.pk == session.logged_by_id and side_of(user, session.engagement) == session.logged_side


def can_issue_certificate(user: User, engagement: Engagement) -> bool:
    """Say whether the person may have the certificate made: either side, and the country's coordinators.

    Queries: ≤ 2.
    """
    if side_of(user, engagement) is not None:
        return True
    return coordinates(user, engagement.need.organisation.country.code)


def can_choose_shown_parts(user: User, certificate: Certificate) -> bool:
    """Say whether the person may choose what the check page tells: its holder, or who speaks for one without account.

    Queries: at most 1.
    """
    side = Side.EXPERT if certificate.participant_id is None else Side.INSTITUTION
    return side_of(user, certificate.engagement) == side


def can_name_participants(user: User, engagement: Engagement) -> bool:
    """Say whether the person may name counterparts and mentees: who speaks for the organisation. Queries: at most 1."""
    return side_of(user, engagement) == Side.INSTITUTION


def can_revoke_certificate(user: User, certificate: Certificate) -> bool:
    """Say whether the person may withdraw the certificate: the country's coordinators, never a side.

    Queries: at most 2.
    """
    return can_supervise(user, certificate.engagement)
