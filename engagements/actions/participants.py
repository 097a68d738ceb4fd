"""Name the people of the institution's side who take part in an engagement, and who was at which session."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from engagements.actions.outcome_clocks import close_outcomes, plan_outcomes, write_again
from engagements.models import Attendance, Engagement, Participant, Session
from engagements.rules import work as rules
from engagements.states import ANSWERING_STATES, RUNNING_STATES, EngagementState, ParticipantRole
from engagements.states.outcomes import OutcomeMoment

MAX_NAME, MOST_PARTICIPANTS = 120, 200
_MOMENTS = {
    EngagementState.SCHEDULED: OutcomeMoment.START,
    EngagementState.ACTIVE: OutcomeMoment.START,
    EngagementState.PAUSED: OutcomeMoment.START,
    EngagementState.WRAPPING_UP: OutcomeMoment.END,
}


@transaction.atomic
def add_participant(
    *,
    actor: User,
    engagement: Engagement,
    name: str,
    role: str,
    language: str = "en",
    email: str = "",
    has_consented: bool = False,
) -> Participant:
    """Name a counterpart or mentee; somebody of the same name who had left takes part again.

    ``email`` is kept only where the person agreed to it; they are then asked what comes of the work. Raises NotAllowed
    unless ``actor`` speaks for the organisation, Conflict when the engagement has ended, is full, or has the name
    already, Invalid with the problem of each field. Effects: participant, audit entry, questions to them.
    """
    _require_institution(actor, engagement)
    text = " ".join(name.split())
    _check(text, role, language)
    _check_email(email, has_consented=has_consented)
    present = lock(engagement)
    if present.state not in RUNNING_STATES:
        raise Conflict(_("This engagement has ended, so nobody joins it any more."))
    if engagement.participants.filter(left_at__isnull=True).count() >= MOST_PARTICIPANTS:
        raise Conflict(_("An engagement has at most %(most)s participants.") % {"most": MOST_PARTICIPANTS})
    reach = {"email": email, "consented_at": timezone.now() if email else None}
    left = engagement.participants.filter(name__iexact=text, left_at__isnull=False).first()
    if left is not None:
        Participant.objects.filter(pk=left.pk).update(left_at=None, role=role, language=language, **reach)
        left.refresh_from_db()
        _ask(present)
        audit.record(actor=actor, verb="engagements.participant.returned", obj=left)
        return left
    try:
        with transaction.atomic():
            participant = Participant.objects.create(
                engagement=engagement, name=text, role=role, language=language, added_by=actor, **reach
            )
    except IntegrityError:
        problem = _("Somebody of this name takes part already.")
        raise Invalid(problem, fields={"name": problem}) from None
    audit.record(actor=actor, verb="engagements.participant.added", obj=participant, role=role, has_email=bool(email))
    _ask(present)
    return participant


@transaction.atomic
def set_email(*, actor: User, participant: Participant, email: str, has_consented: bool) -> Participant:
    """Note or take away the address at which a participant agreed to be asked what comes of the work.

    Raises NotAllowed unless ``actor`` speaks for the organisation, Invalid for the address or without the consent.
    Effects: participant, audit entry, questions to them.
    """
    _require_institution(actor, participant.engagement)
    _check_email(email, has_consented=has_consented)
    engagement = lock(participant.engagement)
    _write_email(lock(participant), email)
    audit.record(actor=actor, verb="engagements.participant.email", obj=participant, has_email=bool(email))
    _ask(engagement)
    participant.refresh_from_db()
    return participant


@transaction.atomic
def stop_mails(*, participant: Participant) -> None:
    """Forget a participant's address, as they ask by the link of their mail. Effects: participant, audit entry."""
    lock(participant.engagement)
    _write_email(lock(participant), "")
    audit.record(actor=None, verb="engagements.participant.email", obj=participant, has_email=False)


def _write_email(participant: Participant, email: str) -> None:
    now = timezone.now() if email else None
    Participant.objects.filter(pk=participant.pk).update(email=email, consented_at=now)
    if email:
        write_again(participant)
    else:
        close_outcomes(participant.engagement, participant=participant)


def _ask(engagement: Engagement) -> None:
    """Let participants who came later be asked what the others are asked at this moment of the engagement."""
    moment = _MOMENTS.get(EngagementState(engagement.state))
    if moment is not None:
        plan_outcomes(engagement=engagement, moment=moment)


@transaction.atomic
def remove_participant(*, actor: User, participant: Participant) -> Participant:
    """Let somebody take part no longer; sessions attended stay attended.

    Raises NotAllowed unless ``actor`` speaks for the organisation. Effects: participant, audit entry.
    """
    _require_institution(actor, participant.engagement)
    lock(participant.engagement)
    if lock(participant).left_at is None:
        Participant.objects.filter(pk=participant.pk).update(left_at=timezone.now())
        close_outcomes(participant.engagement, participant=participant)
        audit.record(actor=actor, verb="engagements.participant.left", obj=participant)
    participant.refresh_from_db()
    return participant


@transaction.atomic
def mark_attendance(*, actor: User, session: Session, present: Collection[int]) -> None:
    """Set who was at a session. ``present`` are ids of participants of its engagement.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the engagement's hours are settled, Invalid for others'
    participants. Effects: attendance, audit entry when it changes.
    """
    engagement = session.engagement
    if rules.side_of(actor, engagement) is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    if lock(engagement).state not in ANSWERING_STATES:
        raise Conflict(_("This engagement is closed, so its sessions stay as they are."))
    wanted = set(present)
    if wanted - set(engagement.participants.values_list("pk", flat=True)):
        problem = _("Choose among the participants of this engagement.")
        raise Invalid(problem, fields={"attended": problem})
    before = set(session.attendance.values_list("participant", flat=True))
    Attendance.objects.filter(session=session, participant__in=before - wanted).delete()
    Attendance.objects.bulk_create(
        [Attendance(session=session, participant_id=participant) for participant in sorted(wanted - before)]
    )
    if wanted != before:
        audit.record(actor=actor, verb="engagements.session.attendance", obj=session, people=len(wanted))


def _require_institution(actor: User, engagement: Engagement) -> None:
    if not rules.can_name_participants(actor, engagement):
        raise NotAllowed(_("Only people who speak for the organisation say who takes part."))


def _check(name: str, role: str, language: str) -> None:
    problems: dict[str, str] = {}
    if not name or len(name) > MAX_NAME:
        problems["name"] = _("Write a name of up to %(limit)s characters.") % {"limit": MAX_NAME}
    if role not in ParticipantRole.values:
        problems["role"] = _("Choose a part.")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = _("Choose a language.")
    if problems:
        raise Invalid(_("Look at this person again."), fields=problems)


def _check_email(email: str, *, has_consented: bool) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError:
        problem = _("Write a whole address, like name@example.org.")
        raise Invalid(problem, fields={"email": problem}) from None
    if not has_consented:
        problem = _("Ask the person first, and tick that they agreed.")
        raise Invalid(problem, fields={"has_consented": problem})
