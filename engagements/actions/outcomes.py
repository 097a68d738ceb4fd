"""Take down what came of an engagement, at its start, at its end and a year later, from everybody who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import advance, lock
from engagements.actions.announcements import add_line, tell_about_work
from engagements.models import Engagement, Outcome, OutcomeLevel, Participant
from engagements.queries.credentials import asked_skills
from engagements.queries.outcomes import first_levels
from engagements.rules import work as rules
from engagements.states import ENGAGEMENT_TRANSITIONS, EngagementState, OutcomeResult, TransferEffect
from engagements.states.outcomes import (
    ANSWERED_IN,
    OUTCOME_TRANSITIONS,
    UNANSWERED_STATES,
    FeedbackReader,
    OutcomeMoment,
    OutcomeState,
    SkillStep,
    StillInUse,
)

MAX_TEXT, MAX_LINE, MAX_FEEDBACK = 2000, 200, 300
MOST_REACHED = 1_000_000


class Level(NamedTuple):
    """How well one skill (its id) is done: ``before`` and ``now`` are SkillStep, ``evidence`` is one line.

    What was said at the start stands for ``before`` when nothing else is said.
    """

    skill: int
    now: int
    before: int | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Answers:
    """What a respondent says. At the end ``result`` is needed, a year later ``still_in_use``; the rest may be empty.

    ``effects`` are TransferEffect codes; ``feedback`` is one private line for ``feedback_to``.
    """

    result: str = ""
    still_in_use: str = ""
    effects: Sequence[str] = ()
    text: str = ""
    people_reached: int = 0
    levels: Sequence[Level] = ()
    feedback: str = ""
    feedback_to: str = ""


@transaction.atomic
def give_outcome(*, actor: User, engagement: Engagement, moment: str = OutcomeMoment.END, **answers: Any) -> Outcome:
    """Say for one's own side what came of the work, once at each moment; ``answers`` are those of ``Answers``.

    Raises NotAllowed unless ``actor`` is a side, Conflict when the side has said it or is not asked now, Invalid with
    the problem of each field. Effects: outcome with levels, audit entry, at the end line and news for the other side, a
    year later the engagement is followed up once everybody has answered.
    """
    side = rules.side_of(actor, engagement)
    if side is None:
        raise NotAllowed(_("Only the two sides of an engagement do this."))
    given = Answers(**answers)
    _check(given, moment, needs_words=moment == OutcomeMoment.END)
    engagement = lock(engagement)
    if engagement.state not in ANSWERED_IN[moment]:
        raise Conflict(_("What came of the work is said while it is under way or wrapping up."))
    row = engagement.outcomes.filter(moment=moment, respondent=side.value).first()
    if row is None and moment == OutcomeMoment.END:
        row = Outcome.objects.create(engagement=engagement, moment=moment, respondent=side.value)
    outcome = _write(row, given, given_by=actor)
    entry = audit.record(
        actor=actor, verb="engagements.outcome.given", obj=outcome, side=side.value, moment=moment, result=given.result
    )
    if moment == OutcomeMoment.END:
        add_line(engagement, gettext_noop("One side has said what came of the work."))
        news = gettext_noop("The other side has said what came of “%(need)s”. Add your view.")
        ask = f"outcome:{engagement.reference}:{moment}"
        tell_about_work(actor=actor, engagement=engagement, entry=entry, text=news, ask=ask)
    follow_up_when_answered(actor=actor, engagement=engagement)
    return outcome


@transaction.atomic
def give_participant_outcome(*, participant: Participant, moment: str, **answers: Any) -> Outcome:
    """Say as a counterpart or mentee what came of the work, once at each moment; they need no account.

    Raises Conflict when they have said it or are not asked now, Invalid with the problem of each field. Effects: as for
    a side, without line and news.
    """
    given = Answers(**answers)
    _check(given, moment, needs_words=False)
    engagement = lock(participant.engagement)
    if engagement.state not in ANSWERED_IN[moment] or lock(participant).left_at is not None:
        raise Conflict(_("This is not asked any more."))
    row = engagement.outcomes.filter(moment=moment, participant=participant).first()
    outcome = _write(row, given, given_by=None)
    audit.record(actor=None, verb="engagements.outcome.given", obj=outcome, side="counterpart", moment=moment)
    follow_up_when_answered(actor=None, engagement=engagement)
    return outcome


def _write(row: Outcome | None, given: Answers, *, given_by: User | None) -> Outcome:
    """Write the answer into its row, whose engagement the caller has locked."""
    now = timezone.now()
    if row is None or (row.state == OutcomeState.PLANNED and row.due_at > now):
        raise Conflict(_("This is not asked yet."))
    present = lock(row)
    if present.state == OutcomeState.ANSWERED:
        raise Conflict(_("Your side has said already what came of the work."))
    asked = dict(asked_skills(row.engagement.need))
    at_start = {}
    if row.moment == OutcomeMoment.END:
        at_start = first_levels(row.engagement, respondent=row.respondent, participant=row.participant_id)
    outcome = advance(
        row,
        OutcomeState.ANSWERED,
        OUTCOME_TRANSITIONS,
        result=given.result,
        still_in_use=given.still_in_use,
        effects=[effect for effect in TransferEffect.values if effect in given.effects],
        text=given.text.strip(),
        people_reached=given.people_reached,
        feedback=given.feedback.strip(),
        feedback_to=given.feedback_to if given.feedback.strip() else "",
        given_by=given_by,
        given_at=now,
        remind_at=None,
        mail_at=None,
    )
    levels = {level.skill: level for level in given.levels if level.skill in asked}
    OutcomeLevel.objects.bulk_create(
        OutcomeLevel(
            outcome=outcome,
            skill_id=skill,
            before=at_start.get(skill) if level.before is None else level.before,
            level=level.now,
            evidence=level.evidence.strip(),
        )
        for skill, level in levels.items()
    )
    Engagement.objects.filter(pk=row.engagement_id).update(last_activity_at=now)
    return outcome


def follow_up_when_answered(*, actor: User | None, engagement: Engagement) -> None:
    """Note that a completed engagement is followed up, once a year later everybody who was asked has answered.

    The caller holds its lock. Effects: state, audit entry.
    """
    later = engagement.outcomes.filter(moment=OutcomeMoment.LATER)
    if engagement.state != EngagementState.COMPLETED or not later.filter(state=OutcomeState.ANSWERED).exists():
        return
    if not later.filter(state__in=sorted(UNANSWERED_STATES)).exists():
        advance(engagement, EngagementState.FOLLOWED_UP, ENGAGEMENT_TRANSITIONS, last_activity_at=timezone.now())
        audit.record(actor=actor, verb="engagements.engagement.followed_up", obj=engagement)


def _check(given: Answers, moment: str, *, needs_words: bool) -> None:
    problems: dict[str, str] = {}
    if (moment == OutcomeMoment.END) != (given.result in OutcomeResult.values):
        problems["result"] = _("Say whether the goal was achieved.")
    if (moment == OutcomeMoment.LATER) != (given.still_in_use in StillInUse.values):
        problems["still_in_use"] = _("Say whether the result is still in use.")
    if set(given.effects) - set(TransferEffect.values):
        problems["effects"] = _("Choose from the list what stays.")
    if (needs_words and not given.text.strip()) or len(given.text.strip()) > MAX_TEXT:
        problems["text"] = _("Say in up to %(limit)s characters what came of it.") % {"limit": MAX_TEXT}
    if not 0 <= given.people_reached <= MOST_REACHED:
        problems["people_reached"] = _("Enter how many people it reached, 0 or more.")
    if len(given.feedback.strip()) > MAX_FEEDBACK:
        problems["feedback"] = _("Use up to %(limit)s characters.") % {"limit": MAX_FEEDBACK}
    elif given.feedback.strip() and given.feedback_to not in FeedbackReader.values:
        problems["feedback_to"] = _("Say who shall read it.")
    for level in given.levels:
        if level.now not in SkillStep.values or level.before not in {None, *SkillStep.values}:
            problems[f"level_{level.skill}"] = _("Choose from the list how well it is done.")
        if len(level.evidence.strip()) > MAX_LINE:
            problems[f"evidence_{level.skill}"] = _("Use up to %(limit)s characters.") % {"limit": MAX_LINE}
    if problems:
        raise Invalid(_("Look at your answers again."), fields=problems)
