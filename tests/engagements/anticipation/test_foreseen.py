"""What institutions see coming: noted, shown by quarter, reminded of once, and made a draft need with one click."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.foreseen import (
    ForeseenValues,
    change_foreseen,
    draft_foreseen,
    drop_foreseen,
    note_foreseen,
    remind_due_foreseen,
)
from engagements.actions.needs import submit_need
from engagements.models import ForeseenNeed, Need
from engagements.payloads.quarters import first_of_quarter
from engagements.queries.foreseen import get_foreseen, timeline
from engagements.queries.gaps import GapFilters
from mentors.models import Skill
from messaging.models import Notification
from tests import world as story
from tests.engagements.answers.letters import links, mail_to, named, sent
from tests.factories import make_organisation, make_person, make_vocabulary, need_values
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def quarter(ahead: int = 1) -> date:
    return first_of_quarter(timezone.localdate(), back=-ahead)


def values(organisation: Organisation | None, /, **changes: object) -> ForeseenValues:
    given: dict[str, object] = {
        "organisation": organisation,
        "country": "TN",
        "skill": str(make_vocabulary()["cardiology"].pk),
        "starts_on": quarter(),
        "people": 3,
        "certainty": "certain",
        "reason": "Two cardiologists retire.",
    }
    return ForeseenValues(**{**given, **changes})  # type: ignore[arg-type]


def note(world: World, actor: User | None = None, **changes: object) -> ForeseenNeed:
    return note_foreseen(actor=actor or world.bereket, values=values(world.hospital, **changes), language="en")


def is_due(foreseen: ForeseenNeed) -> None:
    """Let a need have been noted a year ago for the present quarter."""
    year = timezone.now() - timedelta(days=365)
    ForeseenNeed.objects.filter(pk=foreseen.pk).update(starts_on=quarter(0), noted_at=year)


def asked(foreseen: ForeseenNeed) -> list[User]:
    rows = Notification.objects.filter(verb="engagements.foreseen.due", url__contains=foreseen.reference)
    return [news.user for news in rows.order_by("pk")]


def test_institutions_and_coordinators_note_what_they_foresee(world: World) -> None:
    own, told = note(world), note(world, world.chidi)
    country = note_foreseen(actor=world.chidi, values=values(None), language="en")
    for row in (own, told, country):
        assert get_foreseen(world.chidi, row.reference).pk == row.pk
    assert get_foreseen(world.bereket, told.reference).pk == told.pk
    with pytest.raises(Http404):
        get_foreseen(world.bereket, country.reference)
    entry = AuditEntry.objects.filter(verb="engagements.foreseen.noted").order_by("pk")[0]
    assert entry.changes["people"] == 3


@pytest.mark.parametrize("who", ["amina", "dana"])
def test_others_neither_note_nor_see_it(world: World, who: str) -> None:
    person = world.people[who]
    for organisation in (world.hospital, None):
        with pytest.raises(NotAllowed):
            note_foreseen(actor=person, values=values(organisation), language="en")
    assert (ForeseenNeed.objects.count(), Skill.objects.filter(status="suggested").count()) == (0, 0)
    row = note(world)
    with pytest.raises(Http404):
        get_foreseen(person, row.reference)
    for act in (drop_foreseen, draft_foreseen):
        with pytest.raises(NotAllowed):
            act(actor=person, foreseen=row)


def test_an_institution_that_is_not_verified_notes_nothing(world: World) -> None:
    olfa = make_person("olfa@example.org", "Olfa")
    clinic = make_organisation(olfa, name="Clinique de Tabarka")
    with pytest.raises(NotAllowed):
        note_foreseen(actor=olfa, values=values(clinic), language="en")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": 0}, "people"),
        ({"people": 501}, "people"),
        ({"starts_on": date(2020, 1, 1)}, "starts_on"),
        ({"starts_on": date(2099, 2, 3)}, "starts_on"),
        ({"certainty": "sure"}, "certainty"),
        ({"reason": "x" * 501}, "reason"),
        ({"region": "a\0b"}, "region"),
        ({"skill": "999999999"}, "skill"),
        ({"skill": "\0"}, "skill"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(world: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        note(world, **changes)
    assert field in refusal.value.fields
    assert ForeseenNeed.objects.count() == 0


def test_words_that_nobody_knows_are_proposed(world: World) -> None:
    row = note(world, skill="phonocardiography")
    assert (row.skill.name, row.skill.status) == ("phonocardiography", "suggested")


def test_timeline_counts_people_by_quarter_beside_what_is_asked_and_offered(world: World) -> None:
    note(world)
    note(world, people=2, certainty="possible", starts_on=quarter(2))
    note(world, world.chidi, people=4, skill=str(make_vocabulary()["training-nurses"].pk))
    cardiology = make_vocabulary()["cardiology"]
    story.after_need_published(world, places=2, skills=(need_values(world.bereket).skills[0],))
    found = timeline(["TN"], GapFilters(), language="en")
    [first, second] = found.rows
    assert (first.skill_id, first.people, first.certain) == (cardiology.pk, (0, 3, 2, 0, 0, 0), (0, 3, 0, 0, 0, 0))
    assert (first.supply.asked, first.supply.offered) == (0, 1)
    assert (second.label, second.total) == ("train nurses", 4)
    assert found.totals() == [0, 7, 2, 0, 0, 0]
    assert found.totals("possible") == [0, 0, 2, 0, 0, 0]
    assert timeline(["GH"], GapFilters(), language="en").rows == []
    assert [row.skill_id for row in timeline(["TN"], GapFilters(skill="cardiology"), language="en").rows] == [
        cardiology.pk
    ]


def test_one_click_makes_a_draft_need_that_can_be_sent(world: World, as_person: SignIn) -> None:
    row = note(world)
    answer = as_person(world.bereket).post(f"/foreseen/{row.reference}/draft/")
    need = Need.objects.get()
    assert answer["Location"] == f"/needs/{need.reference}/edit/"
    assert (need.state, need.places, need.starts_on, need.title) == ("draft", 3, quarter(), "Cardiology")
    assert need.context == "Two cardiologists retire."
    submit_need(actor=world.bereket, need=need)
    row.refresh_from_db()
    assert (row.state, row.need) == ("drafted", need)
    assert timeline(["TN"], GapFilters(), language="en").rows == []


def test_what_is_settled_stays_settled(world: World) -> None:
    row = note(world)
    drop_foreseen(actor=world.chidi, foreseen=row)
    with pytest.raises(Conflict):
        draft_foreseen(actor=world.bereket, foreseen=row)
    with pytest.raises(Conflict):
        change_foreseen(actor=world.bereket, foreseen=row, values=values(world.hospital), language="en")
    assert Need.objects.count() == 0


def test_a_coordinator_hands_what_a_country_needs_to_an_institution(world: World) -> None:
    row = note_foreseen(actor=world.chidi, values=values(None), language="en")
    with pytest.raises(NotAllowed):
        draft_foreseen(actor=world.chidi, foreseen=row)
    row = change_foreseen(actor=world.chidi, foreseen=row, values=values(world.hospital), language="en")
    assert draft_foreseen(actor=world.bereket, foreseen=row).organisation == world.hospital


def test_the_institution_is_reminded_once_in_the_four_weeks_before(world: World) -> None:
    early, due = note(world, starts_on=quarter(3)), note(world)
    assert remind_due_foreseen() == 0
    is_due(due)
    assert [remind_due_foreseen(), remind_due_foreseen()] == [1, 0]
    assert asked(due) == [world.bereket]
    assert asked(early) == []
    country = note_foreseen(actor=world.chidi, values=values(None), language="en")
    is_due(country)
    assert remind_due_foreseen() == 1
    assert asked(country) == [world.chidi]


def test_reminder_waits_for_the_morning(world: World) -> None:
    row = note(world)
    is_due(row)
    remind_due_foreseen()
    due_at = Notification.objects.get(verb="engagements.foreseen.due").email_due_at
    assert due_at is not None
    assert due_at <= timezone.now() or due_at.astimezone(world.bereket.zone).hour == 8


def test_a_later_quarter_is_reminded_of_again(world: World) -> None:
    row = note(world)
    is_due(row)
    remind_due_foreseen()
    changed = change_foreseen(
        actor=world.bereket, foreseen=row, values=values(world.hospital, starts_on=quarter(2)), language="en"
    )
    assert changed.reminded_at is None


@pytest.mark.parametrize("label", ["Write the draft now", "Not needed any more"])
def test_link_of_the_mail_answers_without_signing_in_and_once(world: World, label: str) -> None:
    row = note(world)
    is_due(row)
    Notification.objects.all().delete()
    named(world.bereket)
    remind_due_foreseen()
    path = links(mail_to(world.bereket))[label]
    assert "cardiology" in Client().get(path).content.decode()
    assert Need.objects.count() == 0
    assert sent(path).status_code == 200
    row.refresh_from_db()
    assert row.state == ("drafted" if "draft" in label else "dropped")
    assert sent(path).status_code == 409
    assert Need.objects.count() == ("draft" in label)
    assert AuditEntry.objects.filter(verb__startswith="engagements.foreseen.dr", changes__through="link").exists()


def test_form_asks_which_skill_is_meant_and_loses_nothing(world: World, as_person: SignIn) -> None:
    client = as_person(world.bereket)
    form = {"place": f"o-{world.hospital.reference}", "starts_on": str(quarter()), "people": "4", "certainty": "likely"}
    make_vocabulary()
    page = client.post("/foreseen/new/", {**form, "skill": "electrocardiograms", "reason": "A ward opens"})
    text = page.content.decode()
    assert page.status_code == 422
    for kept in ("interpret electrocardiograms", "A ward opens", 'value="4"', "Which one do you mean?"):
        assert kept in text
    ecg = str(make_vocabulary()["interpret-ecg"].pk)
    done = client.post("/foreseen/new/", {**form, "skill": "electrocardiograms", "skill_is": ecg})
    assert done.status_code == 302
    assert client.post("/foreseen/new/", {**form, "skill": "ÉCHOCARDIOGRAPHIE"}).status_code == 302
    assert [row.skill.slug for row in ForeseenNeed.objects.order_by("pk")] == ["interpret-ecg", "echocardiography"]


def test_database_refuses_half_a_quarter_and_a_draft_without_its_need(world: World) -> None:
    row = note(world)
    with pytest.raises(IntegrityError, match="foreseen_starts_a_quarter"), transaction.atomic():
        ForeseenNeed.objects.filter(pk=row.pk).update(starts_on=date(2030, 2, 1))
    with pytest.raises(IntegrityError, match="foreseen_drafted_has_need"), transaction.atomic():
        ForeseenNeed.objects.filter(pk=row.pk).update(state="drafted")


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_two_clicks_at_once_have_one_effect() -> None:
    world = make_world()
    rows = [note(world) for _number in range(3)]
    for row in rows:
        is_due(row)
    Notification.objects.all().delete()
    told: list[int] = []

    def run(act: Callable[[], object]) -> None:
        try:
            told.append(int(bool(act())) if act is draft else int(str(act())))
        except Conflict:
            told.append(0)
        finally:
            connection.close()

    def draft() -> Need:
        return draft_foreseen(actor=world.bereket, foreseen=ForeseenNeed.objects.get(pk=rows[0].pk))

    for act, effects in ((remind_due_foreseen, 3), (draft, 1)):
        told.clear()
        threads = [threading.Thread(target=run, args=[act]) for _number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(told) == effects
    assert Notification.objects.filter(verb="engagements.foreseen.due").count() == 3
    assert Need.objects.count() == 1
