"""Read what came of engagements: on their pages, for the sweeps, and as figures."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import KEEPING_STATES
from engagements.models import Engagement, Outcome, OutcomeLevel
from engagements.rules.outcomes import can_read_feedback
from engagements.states import EngagementState, Side, TransferEffect
from engagements.states.outcomes import (
    ANSWERED_IN,
    UNANSWERED_STATES,
    OutcomeMoment,
    OutcomeState,
    SkillStep,
    StillInUse,
)

_PAUSED = Q(engagement__state=EngagementState.PAUSED)
_WITH = ("engagement__need__organisation", "engagement__expert__user", "participant", "given_by")


def outcomes_of(engagement: Engagement) -> list[Outcome]:
    """Return what was asked and said at all moments, with who said it and the levels, in order. Queries: 2."""
    levels = OutcomeLevel.objects.select_related("skill").order_by("pk")
    rows = Outcome.objects.filter(engagement=engagement).select_related("participant", "given_by")
    return list(rows.prefetch_related(Prefetch("levels", levels)).order_by("given_at", "pk"))


def reported(side: Side) -> Exists:
    """Return the condition that a side of an engagement has said at its end what came of it."""
    return Exists(
        Outcome.objects.filter(
            engagement=OuterRef("pk"),
            moment=OutcomeMoment.END,
            respondent=side.value,
            state=OutcomeState.ANSWERED,
        )
    )


def has_both_reports(engagement: Engagement) -> bool:
    """Say whether both sides have said at the end what came of it. Queries: 1."""
    return Engagement.objects.filter(*(reported(side) for side in Side), pk=engagement.pk).exists()


def unanswered(engagement: Engagement) -> QuerySet[Outcome]:
    """Return what is asked or will be, and not answered."""
    return Outcome.objects.filter(engagement=engagement, state__in=sorted(UNANSWERED_STATES))


def _in_time() -> Q:
    """Return the condition that an engagement is in a state in which the moment can be answered, and not frozen."""
    conditions = Q()
    for moment, states in ANSWERED_IN.items():
        conditions |= Q(moment=moment, engagement__state__in=sorted(states))
    return conditions & Q(engagement__need__organisation__state__in=sorted(KEEPING_STATES))


def loaded_outcomes() -> QuerySet[Outcome]:
    """Return what is or was asked, with all that a sweep says about it."""
    return Outcome.objects.select_related(*_WITH)


def due_outcomes(most: int) -> QuerySet[Outcome]:
    """Return what is to be asked now, the longest due first; nothing while the work is paused."""
    rows = loaded_outcomes().filter(_in_time(), ~_PAUSED, state=OutcomeState.PLANNED, due_at__lte=timezone.now())
    return rows.order_by("due_at", "pk")[:most]


def due_reminders(most: int) -> QuerySet[Outcome]:
    """Return what is to be asked again now, the longest due first; nothing while the work is paused."""
    rows = loaded_outcomes().filter(_in_time(), ~_PAUSED, state=OutcomeState.OPEN, remind_at__lte=timezone.now())
    return rows.order_by("remind_at", "pk")[:most]


def first_levels(engagement: Engagement, **respondent: Any) -> dict[int, int]:
    """Return the levels by skill that a respondent said at the start. Queries: 1."""
    said = OutcomeLevel.objects.filter(
        outcome__engagement=engagement,
        outcome__moment=OutcomeMoment.START,
        **{f"outcome__{name}": value for name, value in respondent.items()},
    )
    return dict(said.values_list("skill", "level"))


@dataclass(frozen=True)
class Change:
    """How well one skill was done and is done, as one respondent says; words, empty where nothing was said."""

    who: str
    before: str
    now: str
    evidence: str
    has_risen: bool


@dataclass(frozen=True)
class OutcomesShown:
    """What one viewer reads of an engagement's outcomes. ``side`` is None for who only looks on."""

    rows: list[Outcome]
    viewer: User
    side: Side | None
    is_supervisor: bool

    def own(self, moment: OutcomeMoment) -> Outcome | None:
        """Return the row of the viewer's side at a moment."""
        sides = self.side.value if self.side else None
        return next((row for row in self.rows if row.moment == moment and row.respondent == sides), None)

    def has_reported(self, side: Side | None) -> bool:
        """Say whether a side has said at the end what came of it."""
        reports = [row for row in self.rows if row.moment == OutcomeMoment.END and row.given_at]
        return any(row.respondent == (side.value if side else None) for row in reports)

    @property
    def is_reported(self) -> bool:
        """Say whether both sides have said at the end what came of it."""
        return all(self.has_reported(side) for side in Side)

    @property
    def to_give(self) -> list[Outcome]:
        """Return what the viewer's side is asked now."""
        now = timezone.now()
        own = [self.own(moment) for moment in OutcomeMoment]
        return [row for row in own if row and row.state in UNANSWERED_STATES and row.due_at <= now]

    @property
    def moments(self) -> list[tuple[str, list[Outcome]]]:
        """Return the answers by moment, the newest moment first; moments without any are left out."""
        told = [(str(moment.label), [row for row in self.rows if row.moment == moment]) for moment in OutcomeMoment]
        answered = [(label, [row for row in rows if row.given_at]) for label, rows in told]
        return [(label, rows) for label, rows in reversed(answered) if rows]

    @property
    def awaited(self) -> list[Outcome]:
        """Return what others are asked now and have not answered."""
        return [row for row in self.rows if row.state == OutcomeState.OPEN and row not in self.to_give]

    @property
    def readable_feedback(self) -> set[int]:
        """Return the ids of the answers whose private line the viewer may read."""
        return {
            row.pk
            for row in self.rows
            if row.feedback and can_read_feedback(self.viewer, row, side=self.side, is_supervisor=self.is_supervisor)
        }

    @property
    def changes(self) -> list[tuple[str, list[Change]]]:
        """Return skill by skill what each respondent says of before and now, from the start and the end."""
        first = {
            (row.respondent, row.participant_id, level.skill_id): level.level
            for row in self.rows
            if row.moment == OutcomeMoment.START
            for level in row.levels.all()
        }
        shown: dict[str, list[Change]] = {}
        for row in self.rows:
            if row.moment != OutcomeMoment.END:
                continue
            for level in row.levels.all():
                key = (row.respondent, row.participant_id, level.skill_id)
                before = level.before if level.before is not None else first.pop(key, None)
                first.pop(key, None)
                shown.setdefault(level.skill.name, []).append(_change(row, before, level.level, level.evidence))
        for row in self.rows:
            for level in row.levels.all():
                if (row.respondent, row.participant_id, level.skill_id) in first and row.moment == OutcomeMoment.START:
                    shown.setdefault(level.skill.name, []).append(_change(row, level.level, None, ""))
        return list(shown.items())


def _change(row: Outcome, before: int | None, now: int | None, evidence: str) -> Change:
    words = [str(SkillStep(step).label) if step is not None else "" for step in (before, now)]
    has_risen = before is not None and now is not None and now > before
    return Change(row.who or str(row.get_respondent_display()), words[0], words[1], evidence, has_risen)


@dataclass(frozen=True)
class UseCounts:
    """How many engagements were asked a year later, how many have an answer, and the best answer of each."""

    asked: int
    answered: int
    yes: int
    partly: int
    no: int


def use_after_a_year(engagements: QuerySet[Engagement]) -> UseCounts:
    """Return the indicator “result still in use at 12 months” over ``engagements``, each counted once.

    The institution's answer counts where there is one, since it uses the result; then the counterparts', then the
    expert's. Queries: 1.
    """
    rows = Outcome.objects.filter(engagement__in=engagements, moment=OutcomeMoment.LATER).exclude(
        state=OutcomeState.PLANNED
    )
    order = ["expert", "counterpart", "institution"]
    said: dict[int, dict[str, str]] = {}
    for engagement, respondent, use in rows.values_list("engagement", "respondent", "still_in_use"):
        said.setdefault(engagement, {})
        if use:
            said[engagement].setdefault(respondent, use)
    final = [answers[max(answers, key=order.index)] for answers in said.values() if answers]
    return UseCounts(
        len(said),
        len(final),
        yes=final.count(StillInUse.YES),
        partly=final.count(StillInUse.PARTLY),
        no=final.count(StillInUse.NO),
    )


@dataclass(frozen=True)
class SkillGain:
    """How one skill rose: mean steps before and now (SkillStep, 0 to 3), over ``answers`` of ``engagements``."""

    skill: int
    label: str
    before: float
    now: float
    answers: int
    risen: int
    engagements: int

    @property
    def gained(self) -> float:
        """Return the steps gained on average."""
        return self.now - self.before


def levels_gained(engagements: QuerySet[Engagement]) -> list[SkillGain]:
    """Return per skill how much it rose by the end, where both levels were said; most engagements first. Queries: 1."""
    rows = (
        OutcomeLevel.objects.filter(
            outcome__engagement__in=engagements, outcome__moment=OutcomeMoment.END, before__isnull=False
        )
        .values("skill", "skill__name")
        .annotate(
            mean_before=Avg("before"),
            mean_now=Avg("level"),
            answers=Count("pk"),
            risen=Count("pk", filter=Q(level__gt=F("before"))),
            engagements=Count("outcome__engagement", distinct=True),
        )
        .order_by("-engagements", "skill__name")
    )
    return [
        SkillGain(
            skill=row["skill"],
            label=row["skill__name"],
            before=float(row["mean_before"]),
            now=float(row["mean_now"]),
            answers=row["answers"],
            risen=row["risen"],
            engagements=row["engagements"],
        )
        for row in rows
    ]


def effects_of(engagements: QuerySet[Engagement], *, moment: str = OutcomeMoment.END) -> dict[str, int]:
    """Return in how many of ``engagements`` somebody named each TransferEffect at a moment. Queries: 1."""
    answered = Outcome.objects.filter(engagement__in=engagements, moment=moment, state=OutcomeState.ANSWERED)
    counts = {
        effect: Count("engagement", filter=Q(effects__contains=[effect]), distinct=True)
        for effect in TransferEffect.values
    }
    return {effect: int(count or 0) for effect, count in answered.aggregate(**counts).items()}
