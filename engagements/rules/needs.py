"""Who may do what with needs and their matches."""

from collections.abc import Collection
from datetime import date

from django.utils import timezone

from diaspora_net.accounts import rules as accounts_rules
from diaspora_net.accounts.models import Organisation, User
from engagements.models import Need
from engagements.states import OPEN_NEED_STATES, NeedState
from mentors.models import ExpertProfile
from mentors.states import ProfileState


def can_write_need(user: User, organisation: Organisation) -> bool:
    """Say whether the person may write needs of the organisation: its owners and posters. Queries: 1."""
    return accounts_rules.can_speak_for(user, organisation)


def can_review_need(user: User, need: Need) -> bool:
    """Say whether the person may decide about the need: the country's coordinator, never one of its organisation.

    Queries: 2.
    """
    if need.is_pathway and not accounts_rules.mediates_pathways(user, need.organisation.country.code):
        return False
    return accounts_rules.can_check_organisation(user, need.organisation)


def can_run_need(user: User, need: Need) -> bool:
    """Say whether the person may pause, resume, withdraw or close the need: who may write or review it.

    Queries: at most 3.
    """
    return can_write_need(user, need.organisation) or can_review_need(user, need)


def can_see_matches(user: User, need: Need, *, remit: Collection[str] | None = None) -> bool:
    """Say whether the person may see which experts fit: the country's coordinators, and a trusted organisation's
    speakers.

    The organisation sees them once the need is open; of a pathway nobody does. ``remit`` are the person's countries
    when they are known. Queries: at most 2, 1 less with ``remit``.
    """
    country = need.organisation.country.code
    if need.is_pathway:
        return False
    if accounts_rules.coordinates(user, country) if remit is None else country in remit:
        return need.state != NeedState.DRAFT
    return (
        need.state in OPEN_NEED_STATES
        and accounts_rules.is_trusted(need.organisation)
        and can_write_need(user, need.organisation)
    )


def can_see_suggestions(user: User, profile: ExpertProfile) -> bool:
    """Say whether the person may see what is suggested to this expert: only themselves."""
    return profile.user_id == user.pk


def is_open(need: Need) -> bool:
    """Say whether the need takes proposals: published, with a free place, by an organisation that keeps its needs."""
    return (
        need.state in OPEN_NEED_STATES
        and need.places_taken < need.places
        and accounts_rules.keeps_needs(need.organisation)
    )


def day_to_keep(need: Need) -> date | None:
    """Return the need's last day, None when there is none or it is over."""
    return need.closes_on if need.closes_on and need.closes_on >= timezone.now().date() else None


def can_answer_needs(profile: ExpertProfile) -> bool:
    """Say whether the expert may offer help now: published and with a free place."""
    return profile.state == ProfileState.PUBLISHED and profile.open_engagements < profile.capacity
