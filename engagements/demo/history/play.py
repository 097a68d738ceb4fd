"""Play a plan through the actions: one row of acts in the order of their moments, whatever programme they belong to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from engagements.actions import donor_reports, members, partnerships
from engagements.actions.cohorts import add_cohort, move_cohort
from engagements.actions.outcome_clocks import ask_due_outcomes, remind_due_outcomes
from engagements.actions.periods import close_period
from engagements.actions.programmes import close_programme, create_programme, start_programme
from engagements.demo.cast import World, join_expert, join_institution, update_statistics
from engagements.demo.clock import at
from engagements.demo.history.plan import Plan
from engagements.demo.history.portfolio import Project
from engagements.demo.history.work import Work
from engagements.demo.shapes import Trainee
from engagements.models import Cohort, Programme
from engagements.queries.programme_settings import ProgrammeValues
from engagements.states import CohortStage, Joining, SurveyPoint
from engagements.states.donor_reports import BlockKind, Chart

Act = Callable[[], object]
Dated = tuple[datetime, Act]
SURVEYS = (SurveyPoint.START, SurveyPoint.END, SurveyPoint.TWELVE_MONTHS)
# A quarter is closed when its last hours have been confirmed.
CLOSED_AFTER = timedelta(days=10)
# So long a programme goes on after today.
DAYS_LEFT = 240
SWEPT_EVERY = 7
NOTE = "What the team of the programme wants donors to know stands here; the figures are those of the closed quarter."


@dataclass
class Running:
    """One programme while it is played."""

    world: World
    plan: Plan
    programme: Programme | None = None
    cohorts: list[Cohort] = field(default_factory=list)

    @property
    def started(self) -> Programme:
        """Return the programme, which has started."""
        if self.programme is None:
            raise LookupError(f"{self.plan.frame.key} has not started")
        return self.programme

    def acts(self) -> Iterator[Dated]:
        """Yield everything that happens in it, with its moment, in no order."""
        ago, plan = self.world.calendar.ago, self.plan
        yield ago(plan.span + 2, "08:00"), self._start
        for institution in plan.institutions:
            yield ago(institution.decided or 0, "16:00"), partial(join_institution, self.world, institution)
            yield ago(institution.applied - 3, "16:30"), partial(self._join, "", institution.key)
        for one in plan.experts:
            yield ago(one.expert.joined, "18:00"), partial(join_expert, self.world, one.expert)
            yield ago(one.expert.joined - 1, "18:30"), partial(self._join, one.expert.key, "")
        yield ago(plan.span // 2, "08:00"), self._second_cohort
        for day, trainee in plan.trainees:
            yield ago(day, "15:20"), partial(self._train, trainee)
        for case in plan.cases:
            yield from Work(self.world, case, self.cohort).acts()
        yield from self._quarters()

    def cohort(self) -> Cohort:
        """Return the cohort that takes people and needs now."""
        return self.cohorts[-1]

    def _start(self) -> None:
        frame, coordinator, day = self.plan.frame, self.world.coordinator, self.world.calendar.ahead
        programme = create_programme(
            actor=coordinator,
            country=frame.country,
            values=ProgrammeValues(
                name=frame.name,
                kind=frame.kind,
                summary=frame.summary,
                sides=dict.fromkeys(frame.hosts, "origin") | dict.fromkeys(frame.destinations, "destination"),
                starts_on=day(-self.plan.span - 2),
                ends_on=day(DAYS_LEFT),
                joining=frame.joining,
                component=frame.component,
                skill_focus=frame.focus,
                survey_points=SURVEYS,
            ),
        )
        for name, part, side, country in frame.partners:
            partnerships.add_partner(
                actor=coordinator, programme=programme, name=name, role=part, side=side, country=country
            )
        self.programme = start_programme(actor=coordinator, programme=programme)
        self.cohorts.append(programme.cohorts.get())
        move_cohort(actor=coordinator, cohort=self.cohort(), to=CohortStage.WORKING)

    def _join(self, expert: str, institution: str) -> None:
        member = members.join_programme(
            actor=self.world.people[expert] if expert else self.world.focal_points[institution],
            programme=self.started,
            organisation=self.world.organisations.get(institution),
        )
        if self.plan.frame.joining == Joining.APPLY:
            members.accept_member(actor=self.world.coordinator, member=member)

    def _second_cohort(self) -> None:
        """Begin the second round; the first has finished."""
        coordinator, first = self.world.coordinator, self.cohort()
        self.cohorts.append(add_cohort(actor=coordinator, programme=self.started, name="Cohort 2"))
        move_cohort(actor=coordinator, cohort=first, to=CohortStage.FINISHED)

    def _train(self, one: Trainee) -> None:
        partnerships.add_beneficiary(
            actor=self.world.coordinator,
            programme=self.started,
            name=one.name,
            track=one.track,
            facts=partnerships.Facts(one.types, one.sex, one.age_band, one.region),
        )

    def _quarters(self) -> Iterator[Dated]:
        """Yield the closing of every quarter that is over, and at last a report about the last of them."""
        calendar = self.world.calendar
        first = calendar.ago(self.plan.span + 2).date()
        quarters = list(quarters_between(first, (calendar.now - CLOSED_AFTER).date()))
        for starts_on, ends_on in quarters:
            is_last = (starts_on, ends_on) == quarters[-1]
            days = (calendar.now.date() - ends_on - CLOSED_AFTER + timedelta(days=1)).days
            yield calendar.ago(max(1, days), "07:00"), partial(self._close, starts_on, ends_on, is_last)

    def _close(self, starts_on: date, ends_on: date, is_last: bool) -> None:
        coordinator, programme = self.world.coordinator, self.started
        country = programme.country.code
        period = close_period(
            actor=coordinator, country=country, programme=programme, starts_on=starts_on, ends_on=ends_on
        )
        if is_last:
            title = f"{programme.name[:100]} · {starts_on:%Y-%m}–{ends_on:%Y-%m}"
            report = donor_reports.begin_report(actor=coordinator, title=title, country=country, programme=programme)
            donor_reports.set_report(actor=coordinator, report=report, title=title, period=period)
            donor_reports.add_block(actor=coordinator, report=report, kind=BlockKind.TEXT, text=NOTE)
            for chart in (Chart.BENEFICIARIES, Chart.WORK):
                donor_reports.add_block(actor=coordinator, report=report, kind=BlockKind.CHART, chart=chart)


def quarters_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield first and last day of every quarter of the calendar that is over by ``last``; the first may be shorter."""
    begins = first
    while True:
        month = (begins.month - 1) // 3 * 3 + 4
        following = date(begins.year + (month > 12), (month - 1) % 12 + 1, 1)
        if following > last:
            return
        yield begins, following - timedelta(days=1)
        begins = following


def projects(world: World, portfolio: list[Project]) -> Iterator[Dated]:
    """Yield how the small programmes beside the four begin, and end where they have ended."""
    begun: dict[str, Programme] = {}
    for project in portfolio:
        yield world.calendar.ago(project.begun, "08:30"), partial(_begin, world, project, begun)
        if project.ended > 0:
            yield world.calendar.ago(project.ended, "08:30"), partial(_end, world, project, begun)


def _begin(world: World, project: Project, begun: dict[str, Programme]) -> None:
    values = ProgrammeValues(
        name=project.name,
        kind=project.kind,
        sides={project.country: "origin"},
        starts_on=world.calendar.ahead(-project.begun),
        ends_on=world.calendar.ahead(-project.ended),
        component=project.component,
        skill_focus=project.focus,
        beneficiary_types=project.serves,
    )
    programme = create_programme(actor=world.coordinator, country=project.country, values=values)
    begun[project.name] = start_programme(actor=world.coordinator, programme=programme)


def _end(world: World, project: Project, begun: dict[str, Programme]) -> None:
    close_programme(actor=world.coordinator, programme=begun[project.name])


def sweeps(world: World, span: int) -> Iterator[Dated]:
    """Yield the sweeps that ask what came of the work, once a week; day by day they would find the same."""
    for day in range(span, 0, -SWEPT_EVERY):
        yield world.calendar.ago(day, "06:00"), _sweep


def _sweep() -> None:
    ask_due_outcomes()
    remind_due_outcomes()


def play(dated: list[Dated], say: Callable[[str], object]) -> int:
    """Do every act at its moment, in order, but none that lies less than a few hours back; return how many.

    ``say`` hears every tenth of the way. Queries: those of the acts.
    """
    latest = timezone.now() - timedelta(hours=3)
    row = sorted((one for one in dated if one[0] < latest), key=lambda one: one[0])
    for place, (moment, act) in enumerate(row, 1):
        with at(moment), transaction.atomic():
            act()
        if place * 10 // len(row) > (place - 1) * 10 // len(row):
            update_statistics()
            say(f"{place * 100 // len(row):3d} %, {moment:%B %Y}: {place} of {len(row)} acts")
    return len(row)
