"""Start, publish, pause and resume expert profiles, and count their places. The parts are written by ``steps``."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit, news
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance
from mentors.actions.postings import rewrite_locked
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
    "resume_due_profiles",
    "resume_profile",
    "save_giving",
    "save_identity",
    "save_languages",
    "save_skills",
    "start_profile",
    "take_place",
]
# Pauses that one sweep ends.
BATCH = 200


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
    published_at = profile.published_at or timezone.now()
    advance(profile, ProfileState.PUBLISHED, PROFILE_TRANSITIONS, published_at=published_at, resumes_on=None)
    return finish(actor, profile, "mentors.profile.published")


@transaction.atomic
def pause_profile(*, actor: User, profile: ExpertProfile, until: date | None = None) -> ExpertProfile:
    """Hide the profile for a while, ``until`` a day on which it comes back by itself; what runs goes on.

    Effects: state, postings, audit entry. Raises Invalid for a day gone by.
    """
    profile = open_profile(actor, profile)
    if until is not None and until <= timezone.localdate():
        problem = _("Choose a day to come.")
        raise Invalid(problem, fields={"pause_until": problem})
    advance(profile, ProfileState.PAUSED, PROFILE_TRANSITIONS, resumes_on=until)
    return finish(actor, profile, "mentors.profile.paused")


@transaction.atomic
def resume_profile(*, actor: User, profile: ExpertProfile) -> ExpertProfile:
    """Show a paused profile again. Effects: state, postings, audit entry. Raises as ``publish_profile``."""
    profile = open_profile(actor, profile)
    if profile.state != ProfileState.PAUSED:
        raise Conflict(_("This profile is not paused."))
    _check_complete(profile)
    advance(profile, ProfileState.PUBLISHED, PROFILE_TRANSITIONS, resumes_on=None)
    return finish(actor, profile, "mentors.profile.resumed")


def resume_due_profiles() -> int:
    """Show the paused profiles whose day has come; returns how many. One transaction each, at most BATCH in one run.

    One that is no longer complete, or was resumed meanwhile, only loses its day. Effects: state, postings, audit
    entry, news.
    """
    due = ExpertProfile.objects.filter(state=ProfileState.PAUSED, resumes_on__lte=timezone.localdate())
    return sum(_resume_due(profile) for profile in due.select_related("user").order_by("resumes_on", "pk")[:BATCH])


@transaction.atomic
def _resume_due(profile: ExpertProfile) -> bool:
    present = lock_profile(profile)
    if present.state != ProfileState.PAUSED or present.resumes_on is None:
        return False
    if missing_for_publishing(present) or not profile.user.is_active:
        ExpertProfile.objects.filter(pk=profile.pk).update(resumes_on=None)
        return False
    day = present.resumes_on
    advance(profile, ProfileState.PUBLISHED, PROFILE_TRANSITIONS, resumes_on=None)
    rewrite_locked(profile)
    audit.record(actor=None, verb="mentors.profile.resumed", obj=profile)
    news.tell(
        user_id=profile.user_id,
        verb="mentors.profile.resumed",
        text=gettext_noop("Your pause is over: institutions can find you again."),
        params={},
        url=reverse("mentors:me"),
        event_key=f"profile:{profile.pk}:resumed:{day.isoformat()}",
    )
    return True


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
    rewrite_locked(profile)
    return profile


def _check_complete(profile: ExpertProfile) -> None:
    if missing := missing_for_publishing(profile):
        message = _("Your profile is not complete yet: %(missing)s.") % {
            "missing": ", ".join(str(part) for part in missing)
        }
        raise Invalid(message, code="incomplete")
