"""Counterparts and mentees: who names them, what they attended, and their certificates."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions import engagements as work
from engagements.actions.certificates import choose_shown_parts, issue_certificate, issue_participation
from engagements.actions.needs import NeedSkillEntry
from engagements.actions.participants import add_participant, remove_participant
from engagements.actions.sessions import confirm_session, log_session
from engagements.models import Certificate, Engagement, Participant, Session
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def name(world: World, engagement: Engagement, text: str = "Leïla Mansour", role: str = "counterpart") -> Participant:
    return add_participant(actor=world.bereket, engagement=engagement, name=text, role=role, language="fr")


def ended(world: World, engagement: Engagement) -> Engagement:
    return work.end_engagement_early(actor=world.amina, engagement=engagement, reason="circumstances")


def attended(world: World, engagement: Engagement, minutes: int, *people: Participant) -> Session:
    session = log_session(
        actor=world.amina,
        engagement=engagement,
        held_on=timezone.localdate(),
        minutes=minutes,
        kind="training",
        attended=[one.pk for one in people],
    )
    return confirm_session(actor=world.bereket, session=session)


def test_participants_are_certified_what_they_attended_when_the_work_has_ended(world: World) -> None:
    engagement = story.after_session_logged(world).engagement
    leila, omar = name(world, engagement), name(world, engagement, "Omar Ghali", "mentee")
    attended(world, engagement, 60, leila, omar)
    attended(world, engagement, 45, leila)
    with refused(Conflict):
        issue_participation(actor=world.bereket, participant=leila)
    ended(world, engagement)

    first = issue_participation(actor=world.bereket, participant=leila)
    second = issue_participation(actor=world.amina, participant=omar)

    assert (first.facts["holder"], first.facts["minutes"], first.facts["sessions"]) == ("Leïla Mansour", 105, 2)
    assert (second.facts["minutes"], second.kind, second.language) == (60, "participation", "fr")
    with refused(Conflict):
        issue_participation(actor=world.bereket, participant=leila)
    assert issue_certificate(actor=world.amina, engagement=engagement).facts["minutes"] == 105


def test_nobody_is_certified_when_they_attended_nothing_that_was_confirmed(world: World) -> None:
    engagement = story.after_session_logged(world).engagement
    leila = name(world, engagement)
    log_session(
        actor=world.amina,
        engagement=engagement,
        held_on=timezone.localdate(),
        minutes=30,
        kind="training",
        attended=[leila.pk],
    )
    ended(world, engagement)
    with refused(Conflict):
        issue_participation(actor=world.bereket, participant=leila)


def test_only_the_organisation_names_people_and_each_once(world: World) -> None:
    engagement = story.after_session_logged(world).engagement
    for person in (world.amina, world.chidi, world.dana):
        with refused(NotAllowed):
            add_participant(actor=person, engagement=engagement, name="Leïla", role="mentee")
    leila = name(world, engagement)
    with refused(Invalid):
        name(world, engagement, "  leïla   MANSOUR ")
    for change in ({"name": " "}, {"name": "x" * 121}, {"role": "boss"}, {"language": "tlh"}):
        good = {"name": "Omar", "role": "mentee", "language": "en"}
        with refused(Invalid):
            add_participant(actor=world.bereket, engagement=engagement, **{**good, **change})
    with refused(NotAllowed):
        remove_participant(actor=world.amina, participant=leila)
    assert remove_participant(actor=world.bereket, participant=leila).left_at
    assert name(world, engagement, "Leïla Mansour", "mentee").pk == leila.pk
    ended(world, engagement)
    with refused(Conflict):
        name(world, engagement, "Too Late")


def test_attendance_is_refused_when_somebody_takes_part_elsewhere(world: World) -> None:
    engagement = story.after_session_logged(world).engagement
    with refused(Invalid):
        attended(world, engagement, 60, Participant(pk=10**9))


def test_hours_count_for_the_skills_they_were_about(world: World) -> None:
    concepts = make_vocabulary()
    skills = (
        NeedSkillEntry(concepts["interpret-ecg"], "required", None),
        NeedSkillEntry(concepts["grid-operation"], "optional", None),
    )
    first = story.after_session_logged(world, skills=skills)
    engagement = first.engagement
    confirm_session(actor=world.bereket, session=first)
    about_one = log_session(
        actor=world.amina,
        engagement=engagement,
        held_on=timezone.localdate(),
        minutes=30,
        kind="mentoring",
        skills=[concepts["interpret-ecg"].pk],
    )
    confirm_session(actor=world.bereket, session=about_one)
    leila = name(world, engagement)
    attended(world, engagement, 60, leila)
    with refused(Invalid):
        log_session(
            actor=world.amina,
            engagement=engagement,
            held_on=timezone.localdate(),
            minutes=30,
            kind="training",
            skills=[concepts["negotiation"].pk],
        )
    ended(world, engagement)

    facts = issue_participation(actor=world.bereket, participant=leila).facts
    assert [skill["minutes"] for skill in facts["skills"]] == [60, 60]
    facts = issue_certificate(actor=world.amina, engagement=engagement).facts
    assert [skill["minutes"] for skill in facts["skills"]] == [180]


def test_the_check_page_tells_what_the_holder_allows(world: World, as_person: SignIn) -> None:
    certificate = story.after_completion(world)
    address = reverse("engagements:certificate-shown", args=[certificate.code])
    for person in (world.bereket, world.chidi):
        assert as_person(person).post(address, {"shown": ["hours"]}).status_code == 403
    assert as_person(world.amina).post(address, {"shown": ["secrets"]}).status_code == 422

    as_person(world.amina).post(address, {"shown": ["hours", "skills"]})

    visitor, check = as_person(None), reverse("engagements:certificate", args=[certificate.code])
    page = visitor.get(check).content.decode()
    assert "This certificate is valid" in page
    assert "1 h 30 min" in page
    assert "interpret electrocardiograms" in page
    for hidden in ("Amina", "Jendouba", "Train our nurses"):
        assert hidden not in page
    for file in ("certificate-pdf", "certificate-badge"):
        there = reverse(f"engagements:{file}", args=[certificate.code])
        assert visitor.get(there).status_code == 404
        assert as_person(world.dana).get(there).status_code == 404
        assert as_person(world.amina).get(there).status_code == 200
    with refused(NotAllowed):
        choose_shown_parts(actor=world.bereket, certificate=certificate, shown=[])


def test_the_pages_lead_from_naming_to_the_certificate(world: World, as_person: SignIn) -> None:
    engagement = story.after_session_logged(world).engagement
    page = reverse("engagements:participants", args=[engagement.reference])
    focal_point = as_person(world.bereket)

    assert focal_point.post(page, {"name": "", "role": "mentee", "language": "fr"}).status_code == 422
    focal_point.post(page, {"name": "Leïla Mansour", "role": "mentee", "language": "fr"})
    leila = Participant.objects.get()
    log = reverse("engagements:session-log", args=[engagement.reference])
    day = timezone.localdate().isoformat()
    sent = {"held_on": day, "minutes": "60", "kind": "training", "people_present": "1", "attended": [str(leila.pk)]}
    assert as_person(world.amina).post(log, sent).status_code == 302
    session = Session.objects.get(attendance__participant=leila)
    confirm_session(actor=world.bereket, session=session)
    focal_point.post(reverse("engagements:participant-leave", args=[leila.reference]))
    assert "Left" in focal_point.get(page).content.decode()
    ended(world, engagement)
    answer = focal_point.post(reverse("engagements:participant-certificate", args=[leila.reference]))
    certificate = Certificate.objects.get()
    assert answer["Location"] == f"/verify/{certificate.code}/"
    assert focal_point.get(reverse("engagements:certificate-pdf", args=[certificate.code])).content.startswith(b"%PDF")


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_when_more_take_part(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], people: int
) -> None:
    engagement = story.after_session_logged(world).engagement
    for number in range(people):
        name(world, engagement, f"Person {number}")
    client = as_person(world.bereket)
    page = reverse("engagements:participants", args=[engagement.reference])
    with django_assert_num_queries(12):  # type: ignore[attr-defined]
        assert client.get(page).status_code == 200
