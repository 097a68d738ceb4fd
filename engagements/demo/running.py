"""How the programmes of the story are set up, joined, closed for a quarter and reported on."""

from datetime import date, timedelta
from decimal import Decimal

from diaspora_net.accounts.actions.people import allow_pathways
from engagements.actions import donor_reports, members, partnerships
from engagements.actions.cohorts import move_cohort, place_need
from engagements.actions.nominations import agree_to_nomination, nominate_expert
from engagements.actions.periods import close_period
from engagements.actions.programmes import create_programme, start_programme
from engagements.demo.asking import open_need
from engagements.demo.cast import World
from engagements.demo.clock import at
from engagements.demo.needs import REQUESTS
from engagements.demo.organisations import INSTITUTIONS
from engagements.demo.people import EXPERTS
from engagements.demo.schemes import NOMINATION, REPORT_TEXT, REPORT_TITLE, REPORTED, SCHEMES
from engagements.demo.shapes import Scheme
from engagements.models import Programme
from engagements.queries.programme_settings import ProgrammeValues, TargetEntry
from engagements.states import CohortStage, Joining, ProgrammeKind, SurveyPoint
from engagements.states.donor_reports import BlockKind, Chart

# A period that is closed has been over for some days.
AFTER_QUARTER = timedelta(days=3)
MONTHS = 3


def run_programmes(world: World) -> None:
    """Play every programme of the story, one closed period and one report."""
    programmes = {scheme.key: run_programme(world, scheme) for scheme in SCHEMES}
    _nominate(world)
    _report(world, programmes[REPORTED])


def run_programme(world: World, scheme: Scheme) -> Programme:
    """Set a programme up, start it, and bring in those of its people, institutions and needs that are there."""
    coordinator = world.coordinator
    with at(world.calendar.ago(scheme.begun, "09:00")):
        if scheme.kind == ProgrammeKind.PATHWAY:
            for country, _side in scheme.sides:
                allow_pathways(actor=None, user=coordinator, country=country)
        programme = create_programme(actor=coordinator, country=scheme.country, values=values_of(world, scheme))
        for name, part, side, country in scheme.partners:
            partnerships.add_partner(
                actor=coordinator, programme=programme, name=name, role=part, side=side, country=country
            )
        start_programme(actor=coordinator, programme=programme)
    _let_in(world, scheme, programme)
    cohort = programme.cohorts.get()
    opened = {request.key: request.published or 0 for request in REQUESTS}
    for key in scheme.needs:
        with at(world.calendar.ago(max(1, min(scheme.begun, opened[key]) - 1), "15:00")):
            place_need(actor=coordinator, cohort=cohort, need=open_need(world, key))
    with at(world.calendar.ago(scheme.begun // 2, "09:00")):
        train(world, scheme, programme)
        move_cohort(actor=coordinator, cohort=cohort, to=CohortStage.WORKING)
    return programme


def values_of(world: World, scheme: Scheme) -> ProgrammeValues:
    """Return what the programme says."""
    return ProgrammeValues(
        name=scheme.name,
        kind=scheme.kind,
        summary=scheme.summary,
        sides=dict(scheme.sides),
        starts_on=world.calendar.ahead(-scheme.begun),
        ends_on=world.calendar.ahead(scheme.ends),
        joining=scheme.joining,
        component=scheme.component,
        skill_focus=scheme.focus,
        beneficiary_types=scheme.serves,
        survey_points=(SurveyPoint.START, SurveyPoint.END, SurveyPoint.TWELVE_MONTHS),
        targets=tuple(TargetEntry(code, Decimal(number)) for code, number in scheme.targets),
    )


def _let_in(world: World, scheme: Scheme, programme: Programme) -> None:
    joined = {expert.key: expert.joined for expert in EXPERTS}
    decided = {institution.key: institution.decided or 0 for institution in INSTITUTIONS}
    for key in (*scheme.experts, *scheme.organisations):
        known = joined.get(key, decided.get(key, 0))
        if key not in world.people and key not in world.organisations:
            continue
        with at(world.calendar.ago(max(1, min(scheme.begun, known) - 1), "18:00")):
            member = members.join_programme(
                actor=world.people.get(key) or world.focal_points[key],
                programme=programme,
                organisation=world.organisations.get(key),
            )
            if scheme.joining == Joining.APPLY and key not in scheme.waiting:
                members.accept_member(actor=world.coordinator, member=member)


def train(world: World, scheme: Scheme, programme: Programme) -> None:
    """Note the people whom a programme trains, at the story's present moment."""
    for one in scheme.people:
        partnerships.add_beneficiary(
            actor=world.coordinator,
            programme=programme,
            name=one.name,
            track=one.track,
            facts=partnerships.Facts(one.types, one.sex, one.age_band, one.region),
        )


def _nominate(world: World) -> None:
    """Let the coordinator ask an expert for a job of the pathway, who says yes; the institution has not answered."""
    need, expert, asked, agreed, words = NOMINATION
    with at(world.calendar.ago(asked, "09:00")):
        profile = world.profiles[expert]
        profile.refresh_from_db()
        proposal = nominate_expert(actor=world.coordinator, need=open_need(world, need), expert=profile, message=words)
    with at(world.calendar.ago(agreed, "16:00")):
        agree_to_nomination(actor=world.people[expert], proposal=proposal)


def closed_months(today: date) -> tuple[date, date]:
    """Return the first and the last day of the three months that ended last, at least three days ago."""
    ends_on = (today - AFTER_QUARTER).replace(day=1) - timedelta(days=1)
    month = ends_on.year * 12 + ends_on.month - MONTHS
    return date(month // 12, month % 12 + 1, 1), ends_on


def _report(world: World, programme: Programme) -> None:
    """Close three months of a programme, and write the report about them."""
    coordinator, country = world.coordinator, programme.country.code
    starts_on, ends_on = closed_months(world.calendar.now.date())
    with at(world.calendar.ago(1, "11:00")):
        period = close_period(
            actor=coordinator, country=country, programme=programme, starts_on=starts_on, ends_on=ends_on
        )
        report = donor_reports.begin_report(actor=coordinator, title=REPORT_TITLE, country=country, programme=programme)
        donor_reports.set_report(actor=coordinator, report=report, title=REPORT_TITLE, period=period)
        donor_reports.add_block(
            actor=coordinator, report=report, kind=BlockKind.TEXT, heading="What happened", text=REPORT_TEXT
        )
        donor_reports.add_block(actor=coordinator, report=report, kind=BlockKind.CHART, chart=Chart.WORK)
