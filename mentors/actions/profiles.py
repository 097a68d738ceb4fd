"""Start, publish, pause and resume expert profiles, and count their places. The parts are written by ``steps``."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance
from mentors.actions.postings import rewrite_postings
from mentors.actions.steps import (
    SkillEntry,
    finish,
    lock_profile,
    open_profile,
    save_giving,
    save_identity,
    save_languages,
    save_skills,
)
from mentors.models import ExpertProfile
from mentors.queries.profiles import missing_for_publishing, own_profile
from mentors.states import PROFILE_TRANSITIONS, ProfileState

__all__ = [
    "SkillEntry",
    "pause_profile",
    "publish_profile",
    "release_place",
    "resume_profile",
    "save_giving",
    "save_identity",
    "save_languages",
    "save_skills",
    "start_profile",
    "take_place",
]


@transaction.atomic
def start_profile(*, actor: User) -> ExpertProfile:
    """Return the actor's profile, a new draft when they have none. Effects: profile, audit entry."""
    if profile := own_profile(actor):
        return profile
    if not actor.is_active:
        raise NotAllowed(_("Sign in to offer your skills."))
    profile, is_new = ExpertProfile.objects.get_or_create(user=actor)
    if is_new:
        audit.record(actor=actor, verb="mentors.profile.started", obj=profile)
    return profile


@transaction.atomic
def publish_profile(*, actor: User, profile: ExpertProfile) -> ExpertProfile:
    """Let institutions find the profile.

    Effects: state, date, postings, audit entry. Raises NotAllowed, InvalidTransition, and Invalid naming what is
    missing.
    """
    profile = open_profile(actor, profile)
    _check_complete(profile)
    advance(profile, ProfileState.PUBLISHED, PROFILE_TRANSITIONS, published_at=profile.published_at or timezone.now())
    return finish(actor, profile, "mentors.profile.published")


@transaction.atomic
def pause_profile(*, actor: User, profile: ExpertProfile) -> ExpertProfile:
    """Hide the profile for a while; what runs goes on. Effects: state, postings, audit entry."""
    profile = open_profile(actor, profile)
    advance(profile, ProfileState.PAUSED, PROFILE_TRANSITIONS)
    return finish(actor, profile, "mentors.profile.paused")


@transaction.atomic
def resume_profile(*, actor: User, profile: ExpertProfile) -> ExpertProfile:
    """Show a paused profile again. Effects: state, postings, audit entry. Raises as ``publish_profile``."""
    profile = open_profile(actor, profile)
    if profile.state != ProfileState.PAUSED:
        raise Conflict(_("This profile is not paused."))
    _check_complete(profile)
    advance(profile, ProfileState.PUBLISHED, PROFILE_TRANSITIONS)
    return finish(actor, profile, "mentors.profile.resumed")


@transaction.atomic
def take_place(*, profile: ExpertProfile) -> ExpertProfile:
    """Count one more open engagement. Effects: counter, postings. Raises Conflict when the expert has no free place."""
    lock_profile(profile)
    if profile.open_engagements >= profile.capacity:
        raise Conflict(_("This expert has as many engagements as they can give time to."), code="expert_full")
    return _count(profile, profile.open_engagements + 1)


@transaction.atomic
def release_place(*, profile: ExpertProfile) -> ExpertProfile:
    """Count one open engagement less, never below none. Effects: counter, postings."""
    lock_profile(profile)
    return _count(profile, max(0, profile.open_engagements - 1))


def _count(profile: ExpertProfile, open_engagements: int) -> ExpertProfile:
    profile.open_engagements = open_engagements
    profile.save(update_fields=["open_engagements"])
    rewrite_postings(profile)
    return profile


def _check_complete(profile: ExpertProfile) -> None:
    if missing := missing_for_publishing(profile):
        message = _("Your profile is not complete yet: %(missing)s.") % {
            "missing": ", ".join(str(part) for part in missing)
        }
        raise Invalid(message, code="incomplete")
