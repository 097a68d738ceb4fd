"""Come into a programme and leave it: experts and organisations, and the coordinator's yes or no."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.people import coordinators_of
from diaspora_net.accounts.rules import can_speak_for
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.programme_words import tell_member
from engagements.actions.programmes import require_runner
from engagements.models import Cohort, Member, Programme
from engagements.queries.eligibility import Check, checks_of_expert, checks_of_organisation, fits
from engagements.rules.programmes import takes_members
from engagements.states import MEMBER_TRANSITIONS, CohortStage, Joining, MemberState
from mentors.models import ExpertProfile
from mentors.queries.profiles import own_profile
from messaging.actions.notifications import notify

MAX_MESSAGE = 500


@transaction.atomic
def join_programme(
    *, actor: User, programme: Programme, organisation: Organisation | None = None, message: str = ""
) -> Member:
    """Join a programme as an expert, or for an organisation that one speaks for; or apply where coordinators decide.

    Raises NotAllowed without a profile or for somebody else's organisation, Invalid naming the rules that are not met,
    Conflict when it takes nobody, the cohort is full or one is in it already. Effects: membership, audit entry, news
    for the coordinators when they decide.
    """
    profile, checks = _judged(actor, programme, organisation)
    if not fits(checks):
        unmet = [check for check in checks if not check.is_met]
        raise Invalid(" ".join(f"{check.asked}. {check.hint}".strip() for check in unmet), code="does_not_fit")
    lock(actor)
    present = lock(programme)
    if not takes_members(present):
        raise Conflict(_("This programme is closed."))
    is_open = present.joining == Joining.OPEN
    cohort = _cohort_with_place(programme, is_expert=profile is not None)
    member = _create(
        programme=programme,
        cohort=cohort,
        expert=profile,
        organisation=organisation,
        message=message.strip()[:MAX_MESSAGE],
        state=MemberState.MEMBER if is_open else MemberState.APPLIED,
        decided_at=timezone.now() if is_open else None,
    )
    audit.record(actor=actor, verb="engagements.member.joined", obj=member, after=member.state, cohort=cohort.pk)
    if not is_open:
        _ask_coordinators(member)
    return member


def _judged(
    actor: User, programme: Programme, organisation: Organisation | None
) -> tuple[ExpertProfile | None, list[Check]]:
    if organisation is not None:
        if not can_speak_for(actor, organisation):
            raise NotAllowed(_("Only people who speak for an organisation bring it into a programme."))
        return None, checks_of_organisation(programme, organisation)
    profile = own_profile(actor)
    if profile is None:
        raise NotAllowed(_("Publish your profile first; then you can join."))
    return profile, checks_of_expert(programme, profile)


def _cohort_with_place(programme: Programme, *, is_expert: bool) -> Cohort:
    """Return the newest cohort that has not finished. Raises Conflict when there is none or it is full."""
    cohort = programme.cohorts.exclude(state=CohortStage.FINISHED).order_by("-created_at", "-pk").first()
    if cohort is None:
        raise Conflict(_("No cohort takes people at present."))
    if is_expert:
        check_place(lock(cohort))
    return cohort


def check_place(cohort: Cohort) -> None:
    """Raise Conflict when a cohort, locked by the caller, has no place for another expert. Queries: at most 1."""
    if cohort.places is None:
        return
    taken = Member.objects.filter(cohort=cohort, expert__isnull=False, state=MemberState.MEMBER).count()
    if taken >= cohort.places:
        raise Conflict(_("All places of this cohort are taken."), code="full")


def _create(**values: object) -> Member:
    try:
        with transaction.atomic():
            return Member.objects.create(**values)
    except IntegrityError as error:
        if "_once" not in str(error):
            raise
        raise Conflict(_("You take part already, or your application waits for its answer.")) from None


def _ask_coordinators(member: Member) -> None:
    programme = member.programme
    for coordinator in coordinators_of(programme.country.code):
        notify(
            user=coordinator,
            verb="engagements.member.applied",
            text=gettext_noop("Somebody applies for “%(programme)s”. Yes or no, both help."),
            params={"programme": programme.name},
            url=reverse("engagements:desk-programme", args=[programme.reference]),
            event_key=f"member-applied:{member.pk}",
        )


@transaction.atomic
def accept_member(*, actor: User, member: Member) -> Member:
    """Let an applicant in. Raises NotAllowed outside the remit, Conflict when full or answered. Effects: as below."""
    require_runner(actor, member.programme)
    if member.expert_id is not None:
        check_place(lock(member.cohort))
    news = gettext_noop("You are in: “%(programme)s”.")
    return _decide(actor, member, MemberState.MEMBER, news)


@transaction.atomic
def decline_member(*, actor: User, member: Member) -> Member:
    """Say no to an applicant. Raises NotAllowed outside the remit, Conflict when answered. Effects: as below."""
    require_runner(actor, member.programme)
    news = gettext_noop("“%(programme)s” did not work out this time. Thank you for applying.")
    return _decide(actor, member, MemberState.DECLINED, news)


def _decide(actor: User, member: Member, to: MemberState, news: str) -> Member:
    """Move an application on. Effects: state, audit entry with before and after, news."""
    before = member.state
    advance(member, to, MEMBER_TRANSITIONS, decided_at=timezone.now(), decided_by=actor)
    verb = f"engagements.member.{'accepted' if to == MemberState.MEMBER else 'declined'}"
    entry = audit.record(actor=actor, verb=verb, obj=member, before=before, after=to.value)
    tell_member(member=member, verb=verb, text=news, event_key=f"member:{entry.pk}")
    return member


@transaction.atomic
def leave_programme(*, actor: User, member: Member) -> Member:
    """Leave a programme, or take an application back; work that has begun goes on.

    Raises NotAllowed for somebody else's membership, InvalidTransition when it has ended. Effects: state, audit entry.
    """
    is_own = member.expert is not None and member.expert.user_id == actor.pk
    if not is_own and not (member.organisation is not None and can_speak_for(actor, member.organisation)):
        raise NotAllowed(_("Only who takes part leaves a programme."))
    before = member.state
    advance(member, MemberState.LEFT, MEMBER_TRANSITIONS, ended_at=timezone.now())
    audit.record(actor=actor, verb="engagements.member.left", obj=member, before=before, after="left")
    return member


@transaction.atomic
def remove_member(*, actor: User, member: Member) -> Member:
    """Take somebody out of a programme; work that has begun goes on.

    Raises NotAllowed outside the remit, InvalidTransition unless they take part. Effects: state, audit entry, news.
    """
    require_runner(actor, member.programme)
    before = member.state
    advance(member, MemberState.REMOVED, MEMBER_TRANSITIONS, ended_at=timezone.now())
    entry = audit.record(actor=actor, verb="engagements.member.removed", obj=member, before=before, after="removed")
    tell_member(
        member=member,
        verb="engagements.member.removed",
        text=gettext_noop("You no longer take part in “%(programme)s”. Work that has begun goes on."),
        event_key=f"member:{entry.pk}",
    )
    return member
