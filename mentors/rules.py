"""Who may do and see what of skills and expert profiles; who sees what of whom is said in ``visible_fields`` alone."""

from dataclasses import dataclass

from diaspora_net.accounts.models import User
from diaspora_net.accounts.queries.people import remit_countries, speaking_organisations
from diaspora_net.accounts.rules import is_coordinator
from diaspora_net.accounts.states import TRUSTED_STATES
from mentors.models import ExpertProfile, RecognitionClaim
from mentors.states import Audience, ProfileState

LOCKED_STATES = frozenset({ProfileState.SUSPENDED, ProfileState.CLOSED})
# A coordinator introduces, unblocks and follows up, so sees paused and suspended experts, too; drafts are nobody's
# business.
COORDINATED_STATES = frozenset({ProfileState.PUBLISHED, ProfileState.PAUSED, ProfileState.SUSPENDED})
# What an institution needs to decide whether to invite: who, what, how and when; never how to reach a person elsewhere.
INSTITUTION_FIELDS = frozenset(
    {
        "reference",
        "name",
        "headline",
        "about",
        "skills",
        "languages",
        "residence",
        "origins",
        "modalities",
        "kinds",
        "hours_per_month",
        "has_place",
        "availability",
        "utc_offset",
        "refreshed_at",
    }
)
COUNTERPART_FIELDS = INSTITUTION_FIELDS | {"time_zone"}
COORDINATOR_FIELDS = COUNTERPART_FIELDS | {"city", "state", "audience", "capacity", "open_engagements"}
OWN_FIELDS = COORDINATOR_FIELDS | {"suggested_skills", "published_at"}
NOTHING: frozenset[str] = frozenset()


def can_edit_profile(user: User, profile: ExpertProfile) -> bool:
    """Say whether the person may change the profile: its owner, unless it is suspended or closed. Queries: 0."""
    is_owner = user.is_active and profile.user_id == user.pk
    return is_owner and profile.state not in LOCKED_STATES


def can_curate_skills(user: User) -> bool:
    """Say whether the person may accept and merge concepts: coordinators. Queries: 1."""
    return is_coordinator(user)


def can_decide_recognition(user: User, claim: RecognitionClaim) -> bool:
    """Say whether the person may decide about a claim: coordinators of the expert's origins, never the expert.

    Queries: at most 2.
    """
    if claim.profile.user_id == user.pk:
        return False
    return claim.profile.origins.filter(country__in=sorted(remit_countries(user))).exists()


@dataclass(frozen=True)
class Standing:
    """What decides how much a person sees of experts: id, remit, and whether they speak for a verified organisation."""

    user_id: int | None
    remit: frozenset[str]
    speaks_for_verified: bool


def standing_of(viewer: User) -> Standing:
    """Return the viewer's standing; a list reads it once for all its rows. Queries: 2 (0 for nobody)."""
    if not viewer.is_active:
        return Standing(None, frozenset(), False)
    speaks = speaking_organisations(viewer).filter(state__in=sorted(TRUSTED_STATES)).exists()
    return Standing(viewer.pk, remit_countries(viewer), speaks)


def visible_fields(
    viewer: User, profile: ExpertProfile, *, is_counterpart: bool = False, standing: Standing | None = None
) -> frozenset[str]:
    """Return the names of the fields of ``profile`` that ``viewer`` may see; none: it does not exist for them.

    Own profile: all. A coordinator whose remit covers an origin: nearly all. A counterpart (the caller knows that the
    two have a proposal or work in common): what institutions see, whatever the state. Who speaks for a verified
    organisation: published experts who let organisations find them. Everybody else: nothing. E-mail addresses are
    never among the fields. Queries: 2 without ``standing``, and 2 more when user and origins are not loaded.
    """
    standing = standing or standing_of(viewer)
    if standing.user_id is None:
        return NOTHING
    if profile.user_id == standing.user_id:
        return OWN_FIELDS
    if not profile.user.is_active:
        return NOTHING
    if profile.state in COORDINATED_STATES and standing.remit & {row.country.code for row in profile.origins.all()}:
        return COORDINATOR_FIELDS
    if is_counterpart and profile.state != ProfileState.DRAFT:
        return COUNTERPART_FIELDS
    is_open = profile.state == ProfileState.PUBLISHED and profile.audience == Audience.ORGANISATIONS
    return INSTITUTION_FIELDS if is_open and standing.speaks_for_verified else NOTHING
