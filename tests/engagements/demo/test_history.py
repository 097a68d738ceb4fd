"""The history of the demo: planned in the shares it promises, played without breaking a rule, the same every time."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from diaspora_net.core.models import AuditEntry
from engagements.demo.cast import World, join_coordinators
from engagements.demo.clock import Calendar
from engagements.demo.history import shares
from engagements.demo.history.frames import FRAMES
from engagements.demo.history.plan import Plan, make_plans
from engagements.demo.history.play import quarters_between
from engagements.demo.history.portfolio import make_portfolio
from engagements.demo.history.telling import tell_history
from engagements.models import (
    Attendance,
    Beneficiary,
    BeneficiaryFacts,
    ClosedPeriod,
    Engagement,
    Member,
    Need,
    Outcome,
    Programme,
    Proposal,
    Session,
)
from engagements.queries.desk import desk
from engagements.states import RUNNING_STATES, ProgrammeKind
from mentors.actions.vocabulary import load_vocabulary
from mentors.models import ExpertProfile
from messaging.models import Conversation, Message, Notification
from tests.engagements.matching.test_rebuild import check_postings, check_terms, postings

pytestmark = pytest.mark.django_db
YEARS = 24
COUNTED = (Need, Proposal, Engagement, Session, Outcome, Member, Beneficiary, Programme, ClosedPeriod, AuditEntry)


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return make_plans(months=YEARS, seed=1)


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    """Play three months once for all tests that ask for it; give what was said, and take everything back."""
    said: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        begin(timezone.now())
        tell_history(months=3, say=said.append)
        yield said
        transaction.set_rollback(True)


def begin(now: datetime) -> None:
    """Let there be a vocabulary and the coordinator, who is older than any history."""
    load_vocabulary()
    join_coordinators(World(Calendar(now - timedelta(days=800))))


def found(counted: Counter[Any]) -> dict[Any, float]:
    return {key: number / counted.total() for key, number in counted.items()}


@pytest.mark.parametrize("number", [0, 1, 7, 100, 312])
def test_a_split_misses_no_share_by_one(number: int) -> None:
    for each in (shares.BENEFICIARIES, shares.FOCUS, shares.FATES, shares.KINDS):
        assert sum(each.values()) == pytest.approx(1)
        counted = Counter(shares.split(each, number, Random(1)))
        assert counted.total() == number
        assert all(abs(counted[key] - share * number) < 1 for key, share in each.items())


def test_the_plan_stands_in_the_shares_of_the_source(plans: list[Plan]) -> None:
    cases = [case for plan in plans for case in plan.cases]
    assert len(cases) >= 300
    assert found(Counter(case.sector.focus for case in cases)) == pytest.approx(shares.FOCUS, abs=0.005)
    groups = Counter(trainee.types[0] for plan in plans for _day, trainee in plan.trainees)
    assert found(groups) == pytest.approx(shares.BENEFICIARIES, abs=0.005)
    sexes = Counter(trainee.sex for plan in plans for _day, trainee in plan.trainees)
    assert found(sexes) == pytest.approx(shares.SEXES, abs=0.005)
    free = Counter(case.modality for plan in plans for case in plan.cases if plan.frame.kind != "pathway")
    assert found(free) == pytest.approx(shares.MODALITIES, abs=0.05)
    # A need for which nobody able has a free place ends otherwise than drawn.
    assert found(Counter(case.fate for case in cases)) == pytest.approx(shares.FATES, abs=0.03)


def test_focus_and_component_of_all_programmes_stand_in_their_shares() -> None:
    projects = make_portfolio(span=730, seed=1)
    assert len({project.name for project in projects}) == len(projects)
    focus = Counter([*(one.focus for one in projects), *(frame.focus for frame in FRAMES)])
    component = Counter([*(one.component for one in projects), *(frame.component for frame in FRAMES)])
    assert found(focus) == pytest.approx(shares.FOCUS, abs=0.02)
    assert found(component) == pytest.approx(shares.COMPONENTS, abs=0.02)


def test_nobody_is_planned_beyond_their_capacity(plans: list[Plan]) -> None:
    for plan in plans:
        for one in plan.experts:
            mine = [case for case in plan.cases if case.expert == one.expert.key and case.answered is not None]
            for case in mine:
                held = [other for other in mine if other.answered >= case.answered > other.over]  # type: ignore[operator]
                assert len(held) <= one.expert.capacity, case.key


def test_the_plan_is_the_same_for_the_same_seed_and_another_for_another(plans: list[Plan]) -> None:
    assert make_plans(months=YEARS, seed=1) == plans
    assert make_plans(months=YEARS, seed=2) != plans


def test_quarters_are_those_of_the_calendar_that_are_over() -> None:
    days = [tuple(map(str, one)) for one in quarters_between(date(2025, 11, 20), date(2026, 7, 1))]
    assert days == [("2025-11-20", "2025-12-31"), ("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")]
    assert list(quarters_between(date(2026, 4, 1), date(2026, 6, 30))) == []


def test_a_programme_of_each_type_has_a_history(history: list[str]) -> None:
    assert {one.kind for one in Programme.objects.filter(name__in=[frame.name for frame in FRAMES])} == set(
        ProgrammeKind.values
    )
    assert Engagement.objects.filter(state="completed").count() >= 8
    assert {"confirmed", "disputed"} <= set(Session.objects.values_list("state", flat=True))
    assert {"expired", "published", "filled", "closed"} <= set(Need.objects.values_list("state", flat=True))
    assert {"application", "invitation", "nomination"} == set(Proposal.objects.values_list("origin", flat=True))
    assert {"start", "end", "later"} == set(Outcome.objects.values_list("moment", flat=True))
    assert Attendance.objects.exists()
    assert [line for line in history if line.startswith("100 %")]
    assert desk(Programme.objects.first().created_by).items  # type: ignore[union-attr]


def test_what_is_played_stands_in_the_shares(history: list[str]) -> None:
    told = list(BeneficiaryFacts.objects.all())
    assert len(told) >= 40
    types = Counter(one for row in told for one in row.types if one not in {"women", "youth"})
    assert found(types) == pytest.approx(shares.BENEFICIARIES, abs=0.06)
    assert found(Counter(row.sex for row in told)) == pytest.approx(shares.SEXES, abs=0.05)


def test_no_rule_is_broken(history: list[str]) -> None:
    connection.check_constraints()
    running = Counter(Engagement.objects.filter(state__in=sorted(RUNNING_STATES)).values_list("expert", flat=True))
    for profile in ExpertProfile.objects.all():
        assert (profile.open_engagements, profile.open_engagements <= profile.capacity) == (running[profile.pk], True)
    for need in Need.objects.all():
        lost = need.engagements.filter(state__in=["ended_early", "cancelled"]).count()
        assert need.places_taken == need.engagements.count() - lost
    assert not Need.objects.filter(is_pathway=True, proposals__origin__in=["application", "invitation"]).exists()
    for conversation in Conversation.objects.all():
        dated = list(conversation.messages.order_by("seq").values_list("created_at", flat=True))
        assert dated == sorted(dated)


def test_what_matching_reads_equals_a_rebuild(history: list[str]) -> None:
    assert postings()
    check_postings()
    check_terms()


def test_it_all_lies_in_the_past_and_nobody_is_written_to(history: list[str]) -> None:
    recent = timezone.now() - timedelta(hours=1)
    assert not AuditEntry.objects.filter(created_at__gt=recent).exists()
    assert not Message.objects.filter(created_at__gt=recent).exists()
    assert not Notification.objects.filter(email_due_at__isnull=False).exists()


def test_a_second_run_changes_nothing_when_the_history_is_there(history: list[str], settings: Any) -> None:
    settings.DEMO = True
    before, out = counts(), StringIO()
    call_command("seed_demo", "--history", "--months", "3", stdout=out)
    assert out.getvalue().splitlines()[-1] == "The history is there already."
    assert counts() == before


def counts() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in COUNTED}
