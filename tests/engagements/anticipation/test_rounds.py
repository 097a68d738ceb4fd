"""Twice a year institutions say which skills they will lack: asked once each, answered by link or page, added up."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.round_sweep import ask_skills_rounds
from engagements.actions.skills_rounds import (
    Lack,
    close_round,
    give_skills_answer,
    keep_skills_draft,
    open_round,
)
from engagements.models import SkillLack, SkillsAnswer, SkillsRound
from engagements.payloads.quarters import first_of_half_year
from engagements.queries.gaps import GapFilters
from engagements.queries.skills_rounds import answers_of, results_of, rounds_of
from messaging.models import Notification
from tests import world as story
from tests.engagements.answers.letters import links, mail_to, named, sent
from tests.engagements.anticipation.story import it_is_morning, round_opened
from tests.factories import make_organisation, make_person, make_vocabulary
from tests.world import World, after_verification, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def other_institution(world: World, number: int = 1, country: str = "TN") -> tuple[User, Organisation]:
    """A second verified institution."""
    person = make_person(f"olfa{number}@example.org", f"Olfa {number}", time_zone="Africa/Tunis")
    clinic = make_organisation(person, name=f"Clinique {number}", country=country)
    if country == "TN":
        after_verification(world, clinic)
    return person, clinic


def answer(opened: SkillsRound, organisation: Organisation) -> SkillsAnswer:
    return SkillsAnswer.objects.select_related("round", "organisation").get(round=opened, organisation=organisation)


def say(person: User, row: SkillsAnswer, **people: int) -> SkillsAnswer:
    known = make_vocabulary()
    lacks = [Lack(str(known[slug.replace("_", "-")].pk), count, "now") for slug, count in people.items()]
    return give_skills_answer(actor=person, answer=row, lacks=lacks, language="en")


def half_a_year_later(opened: SkillsRound) -> None:
    """Let a round have been held half a year ago."""
    before = first_of_half_year(opened.half - timedelta(days=1))
    SkillsRound.objects.filter(pk=opened.pk).update(half=before)


def asked() -> list[User]:
    rows = Notification.objects.filter(verb="engagements.round.asked").order_by("pk")
    return [news.user for news in rows]


def test_each_verified_institution_is_asked_once_in_its_morning(world: World) -> None:
    olfa, _clinic = other_institution(world)
    make_organisation(make_person("new@example.org", "New"), name="Not verified")
    opened = open_round(actor=world.chidi, country="TN", closes_on=timezone.localdate() + timedelta(days=28))
    ask_skills_rounds()
    rows = list(opened.answers.all())
    assert len(rows) == 2
    for row in rows:
        assert row.ask_at is None or row.state == "open" or row.ask_at.astimezone(world.bereket.zone).hour == 8
    it_is_morning(opened)
    ask_skills_rounds()
    assert ask_skills_rounds() == 0
    assert sorted(person.pk for person in asked()) == sorted([world.bereket.pk, olfa.pk])
    due = Notification.objects.filter(verb="engagements.round.asked").values_list("email_due_at", flat=True)
    here = world.bereket.zone
    assert all(at <= timezone.now() or at.astimezone(here).hour == 8 for at in due)


def test_who_is_silent_is_asked_once_more_and_who_answered_is_not(world: World) -> None:
    _olfa, clinic = other_institution(world)
    opened = round_opened(world)
    say(world.bereket, answer(opened, world.hospital), cardiology=2)
    SkillsAnswer.objects.filter(ask_at__isnull=False).update(ask_at=timezone.now())
    assert [ask_skills_rounds(), ask_skills_rounds()] == [1, 0]
    assert answer(opened, clinic).asked_count == 2
    SkillsAnswer.objects.filter(state="open").update(ask_at=timezone.now())
    close_round(actor=world.chidi, opened=opened)
    assert ask_skills_rounds() == 0
    assert answer(opened, clinic).state == "closed"


def test_one_round_in_a_half_year_and_one_open_at_a_time(world: World) -> None:
    opened = round_opened(world)
    until = timezone.localdate() + timedelta(days=28)
    with pytest.raises(Conflict):
        open_round(actor=world.chidi, country="TN", closes_on=until)
    close_round(actor=world.chidi, opened=opened)
    with pytest.raises(Conflict):
        open_round(actor=world.chidi, country="TN", closes_on=until)
    half_a_year_later(opened)
    again = open_round(actor=world.chidi, country="TN", closes_on=until)
    assert again.pk != opened.pk
    with pytest.raises(IntegrityError, match="skills_round_open_once"), transaction.atomic():
        SkillsRound.objects.filter(pk=opened.pk).update(closed_at=None)


@pytest.mark.parametrize("days", [0, 6, 91])
def test_a_round_lasts_a_week_to_three_months(world: World, days: int) -> None:
    with pytest.raises(Invalid):
        open_round(actor=world.chidi, country="TN", closes_on=timezone.localdate() + timedelta(days=days))
    assert SkillsRound.objects.count() == 0


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_others_open_close_and_answer_nothing(world: World, who: str) -> None:
    opened, person = round_opened(world), world.people[who]
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed):
        open_round(actor=person, country="TN", closes_on=timezone.localdate() + timedelta(days=28))
    with pytest.raises(NotAllowed):
        close_round(actor=person, opened=opened)
    if who != "bereket":
        with pytest.raises(NotAllowed):
            say(person, answer(opened, world.hospital), cardiology=1)
        with pytest.raises(NotAllowed):
            keep_skills_draft(actor=person, answer=answer(opened, world.hospital), draft={"comment": "x"})
    assert (AuditEntry.objects.count(), SkillLack.objects.count()) == (before, 0)


def test_an_answer_may_be_changed_until_the_round_closes(world: World) -> None:
    opened = round_opened(world)
    row = answer(opened, world.hospital)
    say(world.bereket, row, cardiology=2, training_nurses=1)
    say(world.bereket, row, training_nurses=3)
    assert [(lack.skill.slug, lack.people) for lack in SkillLack.objects.all()] == [("training-nurses", 3)]
    close_round(actor=world.chidi, opened=opened)
    with pytest.raises(Conflict):
        say(world.bereket, row, cardiology=1)
    assert SkillLack.objects.get().people == 3


@pytest.mark.parametrize(
    "given",
    [
        {"lacks": []},
        {"lacks": [Lack("cardiology", 1)], "lacks_nothing": True},
        {"lacks": [Lack("cardiology", 0)]},
        {"lacks": [Lack("cardiology", 501)]},
        {"lacks": [Lack("cardiology", 1, "soon")]},
        {"lacks": [Lack("cardiology", 1), Lack("Cardiologie", 2)]},
        {"lacks": [Lack(f"skill {number}", 1) for number in range(11)]},
        {"lacks": [], "lacks_nothing": True, "comment": "x" * 301},
        {"lacks": [Lack("999999", 1)]},
    ],
)
def test_what_makes_no_sense_is_refused(world: World, given: dict[str, object]) -> None:
    make_vocabulary()
    row = answer(round_opened(world), world.hospital)
    with pytest.raises(Invalid):
        give_skills_answer(actor=world.bereket, answer=row, language="en", **given)  # type: ignore[arg-type]
    assert (SkillLack.objects.count(), answer(row.round, world.hospital).state) == (0, "open")


def test_results_add_up_by_skill_and_country_beside_the_round_before(world: World) -> None:
    olfa, clinic = other_institution(world)
    first = round_opened(world)
    say(world.bereket, answer(first, world.hospital), cardiology=2)
    close_round(actor=world.chidi, opened=first)
    half_a_year_later(first)
    second = round_opened(world)
    say(world.bereket, answer(second, world.hospital), cardiology=3, training_nurses=1)
    say(olfa, answer(second, clinic), cardiology=4)
    found = results_of(["TN"], GapFilters(), language="en")
    assert [row.round.pk for row in found.rounds] == [second.pk]
    cardiology, nurses = found.rows
    assert (cardiology.institutions, cardiology.people, cardiology.now) == (2, 7, 7)
    assert (cardiology.institutions_before, cardiology.people_before, cardiology.change) == (1, 2, 5)
    assert (nurses.people, nurses.people_before, nurses.change) == (1, 0, 1)
    assert [(row.asked, row.answered) for row in rounds_of(["TN"])] == [(2, 2), (2, 1)]
    assert results_of(["GH"], GapFilters(), language="en").rows == []
    assert len(results_of(["TN"], GapFilters(skill="cardiology"), language="en").rows) == 1


def test_answered_by_the_link_of_a_mail_without_signing_in(world: World) -> None:
    story.after_need_published(world)
    Notification.objects.all().delete()
    named(world.bereket)
    opened = round_opened(world)
    path = links(mail_to(world.bereket))["Answer in three minutes"]
    page = Client().get(path)
    text = page.content.decode()
    ecg = make_vocabulary()["interpret-ecg"].pk
    assert f'name="people-{ecg}"' in text
    assert len(page.content) < 20_000
    assert not page.cookies
    assert sent(path).status_code == 422
    form = {f"people-{ecg}": "2", f"when-{ecg}": "now", "skill-1": "phonocardiography", "people-own-1": "1"}
    assert sent(path, **form).status_code == 200
    assert answer(opened, world.hospital).answered_by == world.bereket
    assert sorted(SkillLack.objects.values_list("skill__name", "people")) == [
        ("interpret electrocardiograms", 2),
        ("phonocardiography", 1),
    ]
    assert AuditEntry.objects.get(verb="engagements.round.answered").changes["through"] == "link"
    assert sent(path, **form).status_code == 409
    close_round(actor=world.chidi, opened=opened)
    assert "answered already" in Client().get(path).content.decode()


def test_neutral_mail_names_nobody_and_offers_nothing_of_the_institution(world: World) -> None:
    story.after_need_drafted(world)
    Notification.objects.all().delete()
    round_opened(world)
    letter = mail_to(world.bereket)
    assert world.hospital.name not in letter.body + letter.subject
    page = Client().get(links(letter)["Answer in three minutes"]).content.decode()
    assert 'name="people-own-1"' in page
    assert f'name="people-{make_vocabulary()["interpret-ecg"].pk}"' not in page
    assert world.hospital.name not in page


def test_draft_is_remembered_for_who_wrote_it_by_link_and_for_colleagues_who_sign_in(
    world: World, as_person: SignIn
) -> None:
    Notification.objects.all().delete()
    named(world.bereket)
    opened = round_opened(world)
    path = links(mail_to(world.bereket))["Answer in three minutes"]
    assert "Remembered" in sent(path, **{"skill-1": "Echo", "people-own-1": "7", "keep": "1"}).content.decode()
    assert answer(opened, world.hospital).state == "open"
    for page in (Client().get(path), as_person(world.bereket).get(f"/org/{world.hospital.reference}/lacks/")):
        assert 'value="Echo"' in page.content.decode()
    SkillsAnswer.objects.update(draft_by=world.amina)
    assert 'value="Echo"' not in Client().get(path).content.decode()
    say(world.bereket, answer(opened, world.hospital), cardiology=1)
    assert answer(opened, world.hospital).draft == {}
    assert sent(path, keep="1", comment="late").status_code == 409


def test_page_takes_the_answer_shows_it_again_and_waits_on_the_institutions_page(
    world: World, as_person: SignIn
) -> None:
    client = as_person(world.bereket)
    place = world.hospital.reference
    assert "Nothing is asked at present" in client.get(f"/org/{place}/lacks/").content.decode()
    round_opened(world)
    assert f"/org/{place}/lacks/" in client.get(f"/org/{place}/needs/").content.decode()
    make_vocabulary()
    bad = client.post(f"/org/{place}/lacks/", {"skill-1": "electrocardiograms", "people-own-1": "2", "comment": "Soon"})
    assert bad.status_code == 422
    assert all(text in bad.content.decode() for text in ("Which one do you mean?", "Soon", 'value="2"'))
    assert client.post(f"/org/{place}/lacks/", {"people-own-1": "2"}).status_code == 422
    assert client.post(f"/org/{place}/lacks/", {"nothing": "on", "skill-1": "cardiology"}).status_code == 422
    assert client.post(f"/org/{place}/lacks/", {"skill-1": "cardiology", "people-own-1": "2"}).status_code == 302
    page = client.get(f"/org/{place}/lacks/").content.decode()
    assert "You have answered." in page
    assert 'value="cardiology"' in page
    assert "Skills we will lack" not in client.get(f"/org/{place}/needs/").content.decode()


def test_round_ends_by_itself_after_its_day(world: World) -> None:
    opened = round_opened(world)
    SkillsRound.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    ask_skills_rounds()
    opened.refresh_from_db()
    assert opened.closed_at is not None
    assert AuditEntry.objects.get(verb="engagements.round.closed").actor is None


def test_coordinators_are_told_once_that_a_round_is_due(world: World) -> None:
    for _turn in range(2):
        ask_skills_rounds()
    rows = Notification.objects.filter(verb="engagements.round.due")
    assert [news.user for news in rows] == [world.chidi]
    rows.delete()
    round_opened(world)
    assert not Notification.objects.filter(verb="engagements.round.due").exists()


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_half_years_begin_in_january_and_july(day: date, first: date) -> None:
    assert first_of_half_year(day) == first


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_and_answers_at_once_have_one_effect() -> None:
    world = make_world()
    opened = open_round(actor=world.chidi, country="TN", closes_on=timezone.localdate() + timedelta(days=28))
    done: list[int] = []

    def sweep() -> None:
        try:
            done.append(ask_skills_rounds())
        finally:
            connection.close()

    def reply() -> None:
        try:
            say(world.bereket, answer(opened, world.hospital), cardiology=2)
        finally:
            connection.close()

    together(sweep)
    it_is_morning(opened)
    together(sweep)
    assert (sum(done), len(asked()), opened.answers.count()) == (1, 1, 1)
    make_vocabulary()
    together(reply)
    assert SkillLack.objects.count() == 1


def together(act: Callable[[], object]) -> None:
    threads = [threading.Thread(target=act) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


LIST_QUERIES, ROUND_QUERIES = 8, 12


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_when_there_are_more_rows(
    world: World, as_person: SignIn, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    people = [(world.bereket, world.hospital)]
    people += [other_institution(world, number) for number in range(1, count)]
    opened = round_opened(world)
    for person, organisation in people:
        say(person, answer(opened, organisation), cardiology=1)
    for number in range(1, count):
        SkillsRound.objects.create(
            country="TN",
            half=date(2020 + number, 1, 1),
            closes_on=date(2020 + number, 2, 1),
            opened_by=world.chidi,
            closed_at=timezone.now(),
        )
    client = as_person(world.chidi)
    client.get("/desk/gaps/rounds/")
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get("/desk/gaps/rounds/").status_code == 200
    with django_assert_num_queries(ROUND_QUERIES):
        page = client.get(f"/desk/gaps/rounds/{opened.reference}/").content.decode()
    assert "cardiology" in page
    assert len(answers_of(opened)) == count
