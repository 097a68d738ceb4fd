"""Who looks after a thing, until when it rests, and notes: what is kept, who reads it, what is refused."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.casework import assign_case, rest_case, wake_case, write_note
from engagements.models import Case, Note
from engagements.queries.casework import case_page, get_thing
from engagements.rules.casework import Thing
from tests import world as story
from tests.engagements.coordination.test_desk import abroad
from tests.factories import make_person, make_programme
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def tomorrow(days: int = 1) -> object:
    return timezone.localdate() + timedelta(days=days)


def written() -> tuple[int, int, int]:
    return Case.objects.count(), Note.objects.count(), AuditEntry.objects.count()


def things(world: World) -> dict[str, Thing]:
    proposal = story.after_proposal_sent(world)
    own = {"organisations": world.hospital, "experts": world.profile, "needs": proposal.need, "work": proposal}
    return {**own, "programmes": make_programme(world.chidi)}


def test_every_kind_of_thing_is_looked_after_and_written_about(world: World, as_person: AsPerson) -> None:
    client = as_person(world.chidi)
    for noun, thing in things(world).items():
        assign_case(actor=world.chidi, thing=thing, owner=world.chidi)
        write_note(actor=world.chidi, thing=thing, text=f"About {noun}")
        html = client.get(f"/desk/cases/{noun}/{thing.reference}/").content.decode()
        assert f"About {noun}" in html
        assert re.search(rf'class="status[^>]*>{thing.get_state_display()}<', html)
        assert f'<option value="{world.chidi.public_id}" selected>' in html


def test_acts_are_noted_with_before_and_after(world: World) -> None:
    need = story.after_need_submitted(world)
    assign_case(actor=world.chidi, thing=need, owner=world.chidi)
    rest_case(actor=world.chidi, thing=need, until=tomorrow(3), reason="The ministry answers on Thursday.")
    wake_case(actor=world.chidi, thing=need)
    day, nobody = tomorrow(3), {"owner": None, "rests_until": None}
    mine = {"owner": world.chidi.pk, "rests_until": None}
    entries = AuditEntry.objects.filter(verb__startswith="engagements.case.").order_by("pk")
    assert [(entry.verb.rpartition(".")[2], entry.changes) for entry in entries] == [
        ("assigned", {"before": nobody, "after": mine}),
        ("rested", {"before": mine, "after": {**mine, "rests_until": str(day)}}),
        ("woken", {"before": {**mine, "rests_until": str(day)}, "after": mine}),
    ]
    before = written()
    wake_case(actor=world.chidi, thing=need)
    assert written() == before


@pytest.mark.parametrize("who", ["amina", "bereket", "dana", "abroad"])
def test_nobody_outside_the_remit_keeps_or_reads_anything(world: World, as_person: AsPerson, who: str) -> None:
    known = things(world)
    for thing in known.values():
        write_note(actor=world.chidi, thing=thing, text="Private")
    actor = User.objects.get(pk=abroad(world).reviews.get().reviewed_by_id) if who == "abroad" else world.people[who]
    before = written()
    for noun, thing in known.items():
        with pytest.raises(NotAllowed):
            assign_case(actor=actor, thing=thing, owner=None)
        with pytest.raises(NotAllowed):
            rest_case(actor=actor, thing=thing, until=tomorrow(), reason="Later")
        with pytest.raises(NotAllowed):
            wake_case(actor=actor, thing=thing)
        with pytest.raises(NotAllowed):
            write_note(actor=actor, thing=thing, text="Mine")
        with pytest.raises(Http404):
            get_thing(actor, noun, thing.reference)
        assert as_person(actor).get(f"/desk/cases/{noun}/{thing.reference}/").status_code == 404
    assert written() == before


def test_only_coordinators_of_the_country_look_after_its_things(world: World) -> None:
    need = story.after_need_submitted(world)
    elsewhere = make_person("moussa2@example.org", "Moussa")
    grant_remit(actor=None, user=elsewhere, country="SN")
    before = written()
    for person in (world.dana, world.bereket, elsewhere):
        with pytest.raises(Invalid):
            assign_case(actor=world.chidi, thing=need, owner=person)
    assert written() == before


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [(0, "Later", "until"), (91, "Later", "until"), (3, " ", "reason"), (3, "x" * 201, "reason")],
)
def test_rest_needs_a_day_to_come_and_a_reason(world: World, days: int, reason: str, field: str) -> None:
    need = story.after_need_submitted(world)
    before = written()
    with pytest.raises(Invalid) as refused:
        rest_case(actor=world.chidi, thing=need, until=tomorrow(days), reason=reason)
    assert set(refused.value.fields) == {field}
    assert written() == before


def test_note_needs_words_of_bearable_length(world: World) -> None:
    before = written()
    for text in ("", " \n", "x" * 2001):
        with pytest.raises(Invalid):
            write_note(actor=world.chidi, thing=world.hospital, text=text)
    assert written() == before


def test_page_keeps_what_was_typed_when_it_is_refused(world: World, as_person: AsPerson) -> None:
    client, url = as_person(world.chidi), f"/desk/cases/organisations/{world.hospital.reference}/"
    answer = client.post(f"{url}rest/", {"until": "2020-01-02", "reason": "They move house"})
    assert answer.status_code == 422
    assert 'value="They move house"' in answer.content.decode()
    assert client.post(f"{url}note/", {"text": " "}).status_code == 422
    assert client.post(f"{url}assign/", {"owner": "nobody we know"}).status_code == 422
    assert client.post(f"{url}rest/", {"until": str(tomorrow(2)), "reason": "They move house"}).status_code == 302
    html = client.get(url).content.decode()
    assert "They move house" in html
    assert "Back to the desk now" in html
    assert client.post(f"{url}wake/")["Location"] == url


def test_database_refuses_a_case_about_two_things_or_none(world: World) -> None:
    need = story.after_need_submitted(world)
    for wrong in ({}, {"need": need, "organisation": world.hospital}):
        with pytest.raises(IntegrityError, match="case_about_one_thing"), transaction.atomic():
            Case.objects.create(**wrong)
    with pytest.raises(IntegrityError, match="case_rests_for_a_reason"), transaction.atomic():
        Case.objects.create(need=need, rests_until=tomorrow())


@pytest.mark.parametrize("count", [1, 3])
def test_case_page_costs_the_same_when_there_are_more_notes(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    need = story.after_need_submitted(world)
    for number in range(count):
        write_note(actor=world.chidi, thing=need, text=f"Note {number}")
    with django_assert_num_queries(2):
        thing = get_thing(world.chidi, "needs", need.reference)
    with django_assert_num_queries(4):
        case_page(world.chidi, thing)


def test_a_coordinator_comes_to_the_case_from_wherever_it_is_named(world: World, as_person: AsPerson) -> None:
    need = story.after_need_published(world, title="Open")
    proposal = story.after_proposal_sent(world, title="Asked")
    engagement = story.after_engagement_started(world, title="Under way")
    client = as_person(world.chidi)
    pages = {
        reverse("engagements:desk-need", args=[need.reference]): ("needs", need.reference),
        reverse("engagements:need", args=[need.reference]): ("needs", need.reference),
        reverse("engagements:proposal", args=[proposal.reference]): ("work", proposal.reference),
        reverse("engagements:engagement", args=[engagement.reference]): ("work", engagement.proposal.reference),
        reverse("mentors:profile", args=[world.profile.reference]): ("experts", world.profile.reference),
        reverse("engagements:desk-organisation", args=[world.hospital.reference]): (
            "organisations",
            world.hospital.reference,
        ),
    }
    for page, about in pages.items():
        case = reverse("engagements:case", args=about)
        assert f'href="{case}"' in client.get(page).content.decode(), page
        assert client.get(case).status_code == 200
        others = (as_person(who).get(page) for who in (world.amina, world.bereket))
        assert not any(case in answer.content.decode() for answer in others)
