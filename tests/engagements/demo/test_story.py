"""The demo network as it stands once its story has been played."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from diaspora_net.accounts import demo
from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.states import OrganisationState
from diaspora_net.core.models import AuditEntry
from engagements.demo.cast import COORDINATOR, SECOND_COORDINATOR, World, join_institution
from engagements.demo.clock import Calendar
from engagements.demo.organisations import INSTITUTIONS
from engagements.demo.renewing import renew
from engagements.demo.running import closed_months
from engagements.demo.shapes import Member
from engagements.demo.story import chosen_experts, tell_story
from engagements.models import (
    Certificate,
    ClosedPeriod,
    Dismissal,
    DonorReport,
    Engagement,
    Meeting,
    Need,
    Programme,
    Proposal,
    Session,
)
from engagements.queries.desk import desk
from engagements.queries.first_contact import recent_first_contact
from engagements.queries.recommendations import experts_for_need, needs_for_expert
from engagements.states import (
    CertificateState,
    CountrySide,
    EngagementState,
    HoursState,
    NeedState,
    PartnerRole,
    ProgrammeKind,
    ProposalState,
)
from mentors.models import ExpertProfile
from mentors.recommender.types import Fit
from messaging.models import Conversation, Message, Notification, Participant
from messaging.queries.messages import unread_badge
from messaging.states import ConversationState

COUNTED = (
    User,
    Organisation,
    ExpertProfile,
    Need,
    Proposal,
    Engagement,
    Session,
    Certificate,
    Message,
    Notification,
    AuditEntry,
)


# Without the mark nobody makes the tests' database when these tests run alone.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def network(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Play the story once for all tests of this file, and take everything back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        tell_story(say=lambda _step: None)
        yield
        transaction.set_rollback(True)


def states(model: type[models.Model]) -> set[str]:
    return set(model._base_manager.values_list("state", flat=True))


def counts() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in COUNTED}


def person(email: str) -> User:
    return User.objects.get(email=email)


@pytest.mark.usefixtures("network")
def test_every_state_that_can_last_is_there() -> None:
    assert states(Need) == set(NeedState.values)
    assert states(Engagement) == set(EngagementState.values)
    # An accepted proposal becomes an engagement in the same step.
    assert states(Proposal) == set(ProposalState.values) - {ProposalState.ACCEPTED}
    assert states(Session) == set(HoursState.values)
    assert states(Certificate) == set(CertificateState.values)
    assert states(Conversation) == set(ConversationState.values)
    assert states(Organisation) == set(OrganisationState.values)
    assert states(ExpertProfile) == {"draft", "published", "paused"}


@pytest.mark.usefixtures("network")
def test_it_is_a_network_of_believable_size() -> None:
    assert ExpertProfile.objects.filter(state="published").count() >= 40
    assert Organisation.objects.filter(state="verified").count() >= 12
    assert Need.objects.count() >= 30
    assert Message.objects.filter(kind="text").count() >= 100
    assert Dismissal.objects.count() == 2


@pytest.mark.usefixtures("network")
def test_amina_has_something_of_everything() -> None:
    amina = person("amina@demo.example")
    profile = ExpertProfile.objects.get(user=amina)
    suggested = needs_for_expert(amina, profile)
    assert Fit.STRONG in {one.match.fit for one in suggested[:3]}
    titles = [one.need.title for one in suggested[:3]]
    assert any(title.startswith("Former six médecins à l'échocardiographie") for title in titles)
    waiting = profile.proposals.filter(state="sent")
    assert sorted(waiting.values_list("origin", flat=True)) == ["application", "invitation"]
    active = profile.engagements.get(state="active")
    assert active.conversation.messages.filter(kind="text").count() >= 8
    assert active.sessions.get(state="unconfirmed").logged_side == "institution"
    completed = profile.engagements.get(state="completed")
    assert completed.certificates.get().facts["minutes"] == 720
    badge = unread_badge(amina)
    assert badge.messages >= 1
    assert badge.notifications >= 1


@pytest.mark.usefixtures("network")
def test_salma_has_an_open_need_with_good_matches_and_work_to_answer() -> None:
    salma = person("salma@demo.example")
    needs = Need.objects.filter(organisation__name="Hôpital régional de Jendouba")
    assert set(needs.values_list("state", flat=True)) == {"published", "draft", "in_engagement", "closed"}
    suggested = experts_for_need(salma, needs.get(title__startswith="Former six"))
    assert suggested[0].profile.user.full_name == "Amina Ben Salah"
    assert len([one for one in suggested if one.match.fit in {Fit.STRONG, Fit.GOOD}]) >= 3
    assert Proposal.objects.filter(need__in=needs, origin="application", state__in=["sent", "viewed"]).exists()
    assert Session.objects.filter(engagement__need__in=needs, state="unconfirmed", logged_side="expert").exists()
    assert unread_badge(salma).messages >= 1


@pytest.mark.usefixtures("network")
def test_chidis_desk_shows_something_in_each_of_its_counts() -> None:
    found = desk(person("chidi@demo.example"))
    assert all(count.count for count in found.top)
    assert {"safety", "agree", "quiet"} <= {count.group for count in found.others}
    assert len([item for item in found.items if item.group == "reply" and item.over]) >= 3


@pytest.mark.usefixtures("network")
def test_conversations_run_in_the_order_of_their_days() -> None:
    for conversation in Conversation.objects.all():
        dated = list(conversation.messages.order_by("seq").values_list("created_at", flat=True))
        assert dated == sorted(dated)
        assert dated[-1] == conversation.last_message_at


@pytest.mark.usefixtures("network")
def test_everything_lies_in_the_past_and_every_audit_entry_with_it() -> None:
    recent = timezone.now() - timedelta(hours=1)
    assert not AuditEntry.objects.filter(created_at__gt=recent).exists()
    assert not Message.objects.filter(created_at__gt=recent).exists()
    assert not Proposal.objects.filter(state__in=["sent", "viewed"], expires_at__lte=timezone.now()).exists()
    assert not Need.objects.filter(
        state__in=["published", "in_engagement"], closes_on__lt=timezone.localdate()
    ).exists()


@pytest.mark.usefixtures("network")
def test_nobody_is_written_an_email_about_the_past() -> None:
    assert not Notification.objects.filter(email_due_at__isnull=False).exists()
    assert not Participant.objects.filter(emailed_seq__lt=models.F("conversation__last_seq")).exists()
    assert not Participant.objects.filter(read_seq__gt=models.F("conversation__last_seq")).exists()


@pytest.mark.usefixtures("network")
def test_everybody_has_a_verified_address_and_only_the_demo_people_a_password() -> None:
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    can_sign_in = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert can_sign_in == {one.email for one in demo.PEOPLE}
    assert all(person(one.email).check_password(one.password) for one in demo.PEOPLE)
    assert {one.name for one in demo.PEOPLE} == {person(one.email).full_name for one in demo.PEOPLE}


@pytest.mark.usefixtures("network")
def test_seeding_changes_nothing_when_it_runs_again(settings: Any) -> None:
    settings.DEMO = True
    before, out = counts(), StringIO()
    call_command("seed_demo", stdout=out)
    assert out.getvalue() == "The demo network is there already.\n"
    assert counts() == before


def test_seeding_refuses_when_this_is_no_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("seed_demo")


def test_the_storys_people_stay_when_few_are_asked_for() -> None:
    few, more = chosen_experts(1), chosen_experts(45)
    assert {"amina", "omar.ferchichi"} <= {expert.key for expert in few} < {expert.key for expert in more}
    assert len(more) == 45
    assert len(chosen_experts(None)) > 45


def test_demo_people_are_printed_for_people_and_for_programs() -> None:
    table, machine = StringIO(), StringIO()
    call_command("demo_people", stdout=table)
    call_command("demo_people", "--json", stdout=machine)
    assert table.getvalue().count(demo.PASSWORD) == len(demo.PEOPLE)
    people: list[dict[str, Any]] = json.loads(machine.getvalue())
    assert people[0] == {
        "name": "Amina Ben Salah",
        "email": "amina@demo.example",
        "password": demo.PASSWORD,
        "roles": ["expert"],
    }


@pytest.mark.usefixtures("network")
def test_sessions_are_to_come_in_busy_work() -> None:
    states = set(Meeting.objects.filter(answer_by__gt=timezone.now()).values_list("state", flat=True))
    assert states == {"proposed", "confirmed"}


@pytest.mark.usefixtures("network")
def test_first_contact_within_seven_days_is_a_number_that_could_be_true() -> None:
    found = recent_first_contact(None)
    assert found.needs >= 15
    assert found.percent is not None
    assert 30 <= found.percent <= 60


@pytest.mark.usefixtures("network")
def test_a_programme_of_each_type_runs_with_its_cohort() -> None:
    programmes = {one.kind: one for one in Programme.objects.all()}
    assert set(programmes) == set(ProgrammeKind.values)
    assert {one.state for one in programmes.values()} == {"running"}
    for programme in programmes.values():
        assert programme.members.filter(state="member", expert__isnull=False).exists()
        assert programme.members.filter(state="member", organisation__isnull=False).exists()
        assert programme.needs.exists()
    assert programmes["roster"].members.filter(state="applied").count() == 1
    partnership = programmes["partnership"]
    assert set(partnership.partners.values_list("role", flat=True)) == set(PartnerRole.values)
    assert set(partnership.partners.values_list("side", flat=True)) == set(CountrySide.values)
    nomination = Proposal.objects.get(need__programme=programmes["pathway"])
    assert (nomination.origin, nomination.expert_agreed_at is not None, nomination.state) == (
        "nomination",
        True,
        "sent",
    )


@pytest.mark.usefixtures("network")
def test_a_period_is_closed_and_a_report_is_written_from_it() -> None:
    period = ClosedPeriod.objects.get()
    assert period.figures["indicators"]["hours_confirmed"]["value"] > 0
    report = DonorReport.objects.get()
    assert (report.period, report.programme) == (period, period.programme)
    assert {block["kind"] for block in report.blocks} == {"indicators", "chart", "about", "text"}


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2026-11-27", "2026-08-01", "2026-10-31"),
        ("2027-01-02", "2026-09-01", "2026-11-30"),
        ("2027-01-04", "2026-10-01", "2026-12-31"),
    ],
)
def test_the_closed_months_are_over_for_some_days(today: str, first: str, last: str) -> None:
    assert tuple(map(str, closed_months(date.fromisoformat(today)))) == (first, last)


def test_what_is_told_of_older_years_renews_its_own_only(network: None) -> None:
    asked = Organisation.objects.get(state=OrganisationState.RENEWAL_DUE)
    people = {email: User.objects.get(email=email) for email in (COORDINATOR, SECOND_COORDINATOR)}
    world = World(Calendar(timezone.now()), people=people)
    founder = Member("older", "Older Founder", "Director")
    older = replace(INSTITUTIONS[0], key="older", name="Older", team=(founder,), applied=760, decided=750)
    with transaction.atomic():
        join_institution(world, older)
        renew(world)
        assert world.organisations["older"].verifications.count() == 3
        asked.refresh_from_db()
        assert asked.state == OrganisationState.RENEWAL_DUE
        transaction.set_rollback(True)
