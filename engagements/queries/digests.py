"""Read what an expert's weekly e-mail would tell of, and which e-mails are due."""

import uuid
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import EmailChoice
from engagements.models import Digest, DigestNeed, Need
from engagements.queries.interest import paused_until
from engagements.queries.recommendations import needs_for_expert
from engagements.rules.needs import can_answer_needs
from mentors.models import ExpertProfile
from mentors.states import ProfileState

# The best five that are new, among the best twenty-five.
MOST_TOLD, LOOKED_AT = 5, 25
NEW_FOR = timedelta(days=7)
_SALT = "engagements.digest_off"


def digest_off_token(user: User) -> str:
    """Return what stands in a weekly e-mail's link to stop it; it serves nothing else and does not expire."""
    return signing.dumps(str(user.public_id), salt=_SALT)


def digest_stopper(token: str) -> User | None:
    """Return whose weekly e-mail a link stops; None for what was not signed here. Queries: 0 or 1."""
    try:
        return User.objects.filter(public_id=uuid.UUID(signing.loads(token, salt=_SALT))).first()
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def experts_without_digest(limit: int) -> list[ExpertProfile]:
    """Return published experts whose weekly e-mail was never planned. Queries: 1."""
    published = ExpertProfile.objects.filter(state=ProfileState.PUBLISHED, digest__isnull=True)
    return list(published.select_related("user").order_by("pk")[:limit])


def get_digest(profile: ExpertProfile) -> Digest | None:
    """Return the expert's weekly e-mail, None before it was planned. Queries: 1."""
    return Digest.objects.filter(expert=profile).first()


def may_be_mailed(digest: Digest) -> bool:
    """Say whether this week's e-mail may leave: wanted, to an active person with e-mail on, published, with a free
    place, in no pause of suggestions.

    Queries: at most 1; expert and person must be loaded.
    """
    profile, user = digest.expert, digest.expert.user
    return (
        digest.is_wanted
        and user.is_active
        and user.news_emails != EmailChoice.OFF
        and can_answer_needs(profile)
        and paused_until(profile) is None
    )


def new_needs(profile: ExpertProfile) -> list[Need]:
    """Return the needs that fit the expert and no weekly e-mail has told of, best first, at most five.

    Queries: at most 29.
    """
    told = set(DigestNeed.objects.filter(expert=profile).values_list("need", flat=True))
    found = needs_for_expert(profile.user, profile, limit=LOOKED_AT)
    return [one.need for one in found if one.need.pk not in told][:MOST_TOLD]


def told_lately(profile: ExpertProfile) -> set[int]:
    """Return the needs that this week's e-mail told of, to mark them as new. Queries: 1."""
    since = timezone.now() - NEW_FOR
    return set(DigestNeed.objects.filter(expert=profile, told_at__gt=since).values_list("need", flat=True))
