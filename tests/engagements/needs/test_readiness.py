"""What makes a need answerable, notes beside its fields, and needs that ask for the same."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.interest import save_need
from engagements.actions.need_reviews import keep_both, merge_need, send_need_back
from engagements.actions.need_values import missing_for_submitting
from engagements.actions.needs import change_need, draft_need, submit_need
from engagements.actions.proposals import apply_for_need
from engagements.models import Need, NeedNote, NeedReview, NeedTwin, Proposal, SavedNeed
from engagements.payloads.readiness import readiness_of
from engagements.queries.need_notes import open_notes
from engagements.queries.need_twins import twins_of
from messaging.models import Notification
from tests import world as story
from tests.factories import make_organisation, make_person, make_vocabulary, need_values
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def lines(need: Need) -> dict[str, tuple[bool, bool]]:
    need = Need.objects.get(pk=need.pk)
    return {str(one.field): (one.is_ready, one.is_required) for one in readiness_of(need, missing_for_submitting(need))}


# ── What makes it answerable ────────────────────────────────────────────────────────────────────────────────────────
def test_a_whole_need_is_answerable_and_a_bare_one_says_what_is_missing(world: World) -> None:
    assert {field for field, (is_ready, _must) in lines(story.after_need_drafted(world)).items() if not is_ready} == {
        "closes_on"
    }
    bare = {"title": "Help", "context": "", "deliverable": "", "knowledge_transfer": "", "skills": (), "languages": ()}
    found = lines(story.after_need_drafted(world, **bare))
    assert found["skills"] == (False, True)
    assert found["language"] == (False, True)
    assert {field for field, (is_ready, must) in found.items() if not is_ready and not must} == {
        "title",
        "context",
        "deliverable",
        "knowledge_transfer",
        "closes_on",
    }


def test_who_has_to_travel_asks_when(world: World) -> None:
    assert "starts_on" not in lines(story.after_need_drafted(world))
    assert lines(story.after_need_drafted(world, modality="on_site"))["starts_on"] == (False, False)


def test_writer_and_coordinator_read_the_same_list(world: World, as_person: AsPerson) -> None:
    need = story.after_need_drafted(world, deliverable="")
    hint = "Say what you hold in your hand in the end."
    assert hint in as_person(world.bereket).get(f"/needs/{need.reference}/").content.decode()
    html = as_person(world.bereket).get(f"/needs/{need.reference}/edit/").content.decode()
    assert '<a href="#id_deliverable">Result</a>' in html
    submit_need(actor=world.bereket, need=need)
    assert hint in as_person(world.chidi).get(f"/desk/needs/{need.reference}/").content.decode()
    assert hint not in as_person(world.bereket).get(f"/needs/{need.reference}/").content.decode()


# ── Notes beside fields ─────────────────────────────────────────────────────────────────────────────────────────────
def sent_back(world: World, **notes: str) -> Need:
    need = story.after_need_submitted(world)
    return send_need_back(actor=world.chidi, need=need, note="", notes=notes or {"hours": "Twelve are few."})


def test_a_note_stands_at_its_field_and_ticks_once_the_field_is_another(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world)
    url = f"/desk/needs/{need.reference}/request-changes/"
    values = {"note": "", "note_hours": "Twelve are few.", "note_skills": "Is it only for nurses?"}
    assert as_person(world.chidi).post(url, values).status_code == 302
    need.refresh_from_db()
    assert need.state == "changes_requested"
    assert "Hours: Twelve are few." in need.review_note
    page = f"/needs/{need.reference}/edit/"
    html = as_person(world.bereket).get(page).content.decode()
    assert html.index("Is it only for nurses?", html.index("<form class")) < html.index('id="id_skills')
    assert html.count("The coordinator asks here") == 2
    assert html.index("Twelve are few.", html.index("<details")) < html.index('id="id_hours"')
    change_need(actor=world.bereket, need=need, values=need_values(world.bereket, hours=20))
    assert {field: line.is_changed for field, line in open_notes(need).items()} == {"hours": True, "skills": False}
    html = as_person(world.bereket).get(page).content.decode()
    assert html.count("and you changed it since") == 1
    submit_need(actor=world.bereket, need=need)
    assert open_notes(need) == {}
    rows = NeedNote.objects.filter(need=need).values_list("field", "is_changed")
    assert dict(rows) == {"hours": True, "skills": False}
    entry = AuditEntry.objects.filter(verb="engagements.need.submitted").latest("pk")
    assert entry.changes["notes"] == {"hours": True, "skills": False}
    html = as_person(world.chidi).get(f"/desk/needs/{need.reference}/").content.decode()
    assert "Not changed" in html
    assert "Twelve are few." in html


def test_every_field_can_be_noted_and_compared(world: World) -> None:
    fields = dict.fromkeys(dict(NeedNote._meta.get_field("field").flatchoices), "Look again.")
    need = sent_back(world, **fields)
    assert {line.is_changed for line in open_notes(need).values()} == {False}
    skills = make_vocabulary()
    values = need_values(
        world.bereket,
        title="Another title here",
        skills=(story_skill(skills, "cardiology"),),
        languages=(("en", 5),),
        hours=3,
        context="",
        deliverable="x",
        knowledge_transfer="y",
        kind="advisory",
        modality="on_site",
    )
    change_need(actor=world.bereket, need=need, values=values)
    changed = {field for field, line in open_notes(need).items() if line.is_changed}
    assert changed == set(fields) - {"starts_on", "closes_on", "focal_point"}


def story_skill(skills: dict[str, object], slug: str) -> object:
    return type(need_values(make_person("x@example.org", "X")).skills[0])(skills[slug], "required", None)


def test_sending_back_without_a_word_is_refused_and_nothing_typed_is_lost(world: World, as_person: AsPerson) -> None:
    need = story.after_need_submitted(world)
    before = (NeedReview.objects.count(), NeedNote.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Invalid):
        send_need_back(actor=world.chidi, need=need, note=" ", notes={"hours": " "})
    with pytest.raises(Invalid):
        send_need_back(actor=world.chidi, need=need, note="x", notes={"hours": "x" * 501})
    with pytest.raises(NotAllowed):
        send_need_back(actor=world.bereket, need=need, note="", notes={"hours": "Few."})
    assert before == (NeedReview.objects.count(), NeedNote.objects.count(), AuditEntry.objects.count())
    values = {"note": "", "note_hours": "x" * 501, "note_title": "What is it about?"}
    answer = as_person(world.chidi).post(f"/desk/needs/{need.reference}/request-changes/", values)
    assert answer.status_code == 422
    assert "What is it about?" in answer.content.decode()


def test_notes_of_a_second_round_stand_beside_those_of_the_first(world: World) -> None:
    need = sent_back(world)
    submit_need(actor=world.bereket, need=need)
    send_need_back(actor=world.chidi, need=need, note="", notes={"hours": "Still few."})
    assert [note.text for note in NeedNote.objects.filter(need=need)] == ["Still few.", "Twelve are few."]
    assert [line.note.text for line in open_notes(need).values()] == ["Still few."]


# ── Needs that ask for the same ─────────────────────────────────────────────────────────────────────────────────────
def clinic_need(world: World, **changes: object) -> Need:
    """Another hospital's open need with the same skills."""
    olfa = make_person("olfa@example.org", "Olfa")
    clinic = story.after_verification(world, make_organisation(olfa, name="Clinique de Tabarka"))
    values = need_values(olfa, **{"title": "Train nurses in reading electrocardiograms", **changes})
    need = submit_need(actor=olfa, need=draft_need(actor=olfa, organisation=clinic, values=values))
    return story.publish_need(actor=world.chidi, need=need, checklist=story.Readiness(True, True, True, True))


def test_the_same_is_told_to_writer_and_coordinator_and_something_else_is_not(
    world: World, as_person: AsPerson
) -> None:
    twin = clinic_need(world)
    skills = make_vocabulary()
    other = {"title": "Plan a grid", "skills": (story_skill(skills, "grid-operation"),)}
    need = story.after_need_drafted(world)
    assert [one.need for one in twins_of(world.bereket, need)] == [twin]
    assert twins_of(world.bereket, story.after_need_drafted(world, **other)) == []
    assert twin.title in as_person(world.bereket).get(f"/needs/{need.reference}/").content.decode()
    submit_need(actor=world.bereket, need=need)
    html = as_person(world.chidi).get(f"/desk/needs/{need.reference}/").content.decode()
    assert "It is the same" in html
    assert "Keep both" in html


def test_sending_stops_once_at_what_asks_for_the_same(world: World, as_person: AsPerson) -> None:
    twin = clinic_need(world)
    skill = make_vocabulary()["interpret-ecg"]
    values = {
        "title": "Train nurses in reading electrocardiograms",
        "kind": "training",
        "modality": "remote",
        "language": "fr",
        "focal_point": world.bereket.pk,
        "skills": skill.pk,
        f"strength-{skill.pk}": "required",
        "context": "Forty patients a week.",
        "send": "1",
    }
    client, url = as_person(world.bereket), f"/needs/new/?organisation={world.hospital.reference}"
    answer = client.post(url, values)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f"/needs/{twin.reference}/" in html
    assert "Forty patients a week." in html
    assert not Need.objects.filter(organisation=world.hospital).exists()
    assert client.post(url, {**values, "twins_seen": "1"}).status_code == 302
    assert Need.objects.get(organisation=world.hospital).state == "submitted"


def test_a_writer_is_told_of_nothing_they_may_not_see(world: World) -> None:
    olfa = make_person("olfa@example.org", "Olfa")
    clinic = story.after_verification(world, make_organisation(olfa, name="Clinique de Tabarka"))
    hidden = submit_need(
        actor=olfa, need=draft_need(actor=olfa, organisation=clinic, values=need_values(olfa, title="Train our nurses"))
    )
    need = story.after_need_submitted(world)
    assert twins_of(world.bereket, need) == []
    assert [one.need for one in twins_of(world.chidi, need)] == [hidden]


def test_merging_closes_with_a_pointer_and_brings_the_interested_along(world: World, as_person: AsPerson) -> None:
    into = clinic_need(world)
    need = story.after_need_published(world)
    save_need(actor=world.amina, need=need)
    proposal = apply_for_need(actor=world.amina, need=need, message="I would help.")
    with pytest.raises(NotAllowed):
        merge_need(actor=world.dana, need=need, into=into)
    url = f"/desk/needs/{need.reference}/twins/{into.reference}/"
    assert as_person(world.chidi).post(url, {"verdict": "same"}).status_code == 302
    need.refresh_from_db()
    assert need.state == "withdrawn"
    assert Proposal.objects.get(pk=proposal.pk).state == "cancelled"
    assert list(SavedNeed.objects.values_list("need", "expert")) == [(into.pk, world.profile.pk)]
    told = Notification.objects.filter(verb="engagements.need.merged")
    assert {row.user_id for row in told} == {world.amina.pk, world.bereket.pk}
    assert {row.url for row in told} == {f"/needs/{into.reference}/"}
    assert into.title in as_person(world.amina).get(f"/needs/{need.reference}/").content.decode()
    entry = AuditEntry.objects.get(verb="engagements.need.merged")
    assert entry.changes["other"] == into.pk


def test_merging_is_refused_when_work_is_under_way_or_the_other_has_ended(world: World) -> None:
    into = clinic_need(world)
    engagement = story.after_proposal_accepted(world)
    with pytest.raises(Conflict):
        merge_need(actor=world.chidi, need=engagement.need, into=into)
    Need.objects.filter(pk=into.pk).update(state="closed")
    need = story.after_need_published(world)
    with pytest.raises(Conflict):
        merge_need(actor=world.chidi, need=need, into=Need.objects.get(pk=into.pk))
    with pytest.raises(Invalid):
        merge_need(actor=world.chidi, need=need, into=need)
    assert not NeedTwin.objects.exists()


def test_kept_both_are_told_no_more(world: World, as_person: AsPerson) -> None:
    twin = clinic_need(world)
    need = story.after_need_submitted(world)
    url = f"/desk/needs/{need.reference}/twins/{twin.reference}/"
    assert as_person(world.chidi).post(url, {"verdict": "both"}).status_code == 302
    assert twins_of(world.chidi, need) == twins_of(world.chidi, twin) == []
    with pytest.raises(Conflict):
        keep_both(actor=world.chidi, need=need, other=twin)
    with pytest.raises(NotAllowed):
        keep_both(actor=world.bereket, need=need, other=twin)


@pytest.mark.parametrize("count", [1, 3])
def test_the_check_costs_the_same_with_more_twins_and_notes(
    world: World, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        story.after_need_published(world, title=f"Train our nurses to read electrocardiograms {number}")
    notes = {"hours": "Few.", "title": "Of what?", "context": "Where?"}
    need = sent_back(world, **dict(list(notes.items())[:count]))
    submit_need(actor=world.bereket, need=need)
    client, url = as_person(world.chidi), f"/desk/needs/{need.reference}/"
    client.get(url)
    with django_assert_num_queries(28):
        html = client.get(url).content.decode()
    assert html.count("It is the same") == count
