"""Recognition of skills: claimed by the expert, confirmed by a coordinator, ended by the document's last day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.models import AuditEntry
from mentors.actions.recognition import (
    claim_recognition,
    confirm_recognition,
    decline_recognition,
    expire_due_recognition,
    withdraw_recognition,
)
from mentors.models import Posting, RecognitionClaim
from mentors.queries.recognition import Step, steps_moved
from mentors.states import Recognition
from messaging.models import Notification
from tests.threads import at_once
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
GOOD = {
    "status": "formally_recognised",
    "recognised_by": "Ordre des médecins",
    "recognised_on": date(2021, 5, 4),
    "document": "Diploma 4711",
    "expires_on": None,
}


def claim(world: World, actor: User | None = None, **changes: object) -> RecognitionClaim:
    skill = world.profile.skill_items.order_by("pk")[0].tag
    values = {"skill": skill, **GOOD, **changes}
    return claim_recognition(actor=actor or world.amina, profile=world.profile, **values)  # type: ignore[arg-type]


def status(world: World) -> str:
    return world.profile.skill_items.order_by("pk")[0].recognition


def test_a_skill_counts_as_recognised_when_the_coordinator_confirms(world: World) -> None:
    made = claim(world)
    weight = Posting.objects.get(skill=made.skill).weight
    assert status(world) == "self_declared"

    confirm_recognition(actor=world.chidi, claim=made)

    assert (status(world), made.state, made.decided_by) == ("formally_recognised", "confirmed", world.chidi)
    assert Posting.objects.get(skill=made.skill).weight > weight
    entry = AuditEntry.objects.get(verb="mentors.recognition.confirmed")
    assert entry.changes == {
        "state": ["claimed", "confirmed"],
        "status_before": "self_declared",
        "status": "formally_recognised",
    }
    assert Notification.objects.filter(user=world.amina, verb="mentors.recognition.confirmed").count() == 1
    assert steps_moved(world.chidi) == [
        Step(timezone.now().year, Recognition.SELF_DECLARED, Recognition.FORMALLY_RECOGNISED, 1)
    ]
    with pytest.raises(InvalidTransition):
        confirm_recognition(actor=world.chidi, claim=made)


def test_nobody_raises_their_own_recognition(world: World) -> None:
    made = claim(world)
    for person in (world.amina, world.bereket, world.dana):
        with pytest.raises(NotAllowed):
            confirm_recognition(actor=person, claim=made)
        with pytest.raises(NotAllowed):
            decline_recognition(actor=person, claim=made, note="No")
    with pytest.raises(NotAllowed):
        claim(world, world.dana)
    made.refresh_from_db()
    assert (made.state, status(world)) == ("claimed", "self_declared")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "self_declared"},
        {"status": "nonsense"},
        {"recognised_by": "  "},
        {"recognised_by": "x" * 201},
        {"document": ""},
        {"recognised_on": date(9999, 1, 1)},
        {"recognised_on": date(1, 1, 1)},
        {"expires_on": date(2021, 5, 4)},
        {"expires_on": date(2022, 1, 1)},
    ],
)
def test_nothing_is_written_when_a_claim_is_not_right(world: World, change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        claim(world, **change)
    assert not RecognitionClaim.objects.exists()


def test_a_skill_has_one_claim_at_a_time(world: World) -> None:
    first = claim(world)
    with pytest.raises(Conflict):
        claim(world)
    decline_recognition(actor=world.chidi, claim=first, note="The stamp cannot be read.")
    second = claim(world)
    withdraw_recognition(actor=world.amina, claim=second)
    with pytest.raises(InvalidTransition):
        withdraw_recognition(actor=world.amina, claim=second)
    assert status(world) == "self_declared"


def test_it_ends_with_its_document_once(world: World) -> None:
    today = timezone.localdate()
    made = claim(world, expires_on=today + timedelta(days=30))
    confirm_recognition(actor=world.chidi, claim=made)
    assert expire_due_recognition() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert expire_due_recognition() == 1
        assert expire_due_recognition() == 0
    made.refresh_from_db()
    assert (made.state, status(world)) == ("expired", "self_declared")
    assert Notification.objects.filter(verb="mentors.recognition.expired").count() == 1
    assert [step.count for step in steps_moved(world.chidi)] == [1]
    claim(world)


@pytest.mark.django_db(transaction=True)
def test_each_ends_once_when_two_sweeps_run_at_the_same_time(world: World) -> None:
    made = claim(world, expires_on=timezone.localdate() + timedelta(days=1))
    confirm_recognition(actor=world.chidi, claim=made)
    RecognitionClaim.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert sorted(at_once([expire_due_recognition] * 2)) == [0, 1]  # type: ignore[type-var]
    assert AuditEntry.objects.filter(verb="mentors.recognition.expired").count() == 1


def test_the_pages_lead_from_claim_to_profile(world: World, as_person: SignIn) -> None:
    expert, coordinator = as_person(world.amina), as_person(world.chidi)
    page, desk = reverse("mentors:recognition"), reverse("mentors:recognition-claims")
    skill = world.profile.skill_items.order_by("pk")[0].tag_id
    sent = {**GOOD, "skill": skill, "recognised_on": "2021-05-04", "expires_on": ""}

    assert expert.post(page, {**sent, "document": ""}).status_code == 422
    assert expert.post(page, {**sent, "skill": 10**9}).status_code == 422
    assert expert.post(page, sent).status_code == 302
    made = RecognitionClaim.objects.get()
    assert "Ordre des médecins" in coordinator.get(desk).content.decode()
    decide = reverse("mentors:recognition-decide", args=[made.reference])
    refused = coordinator.post(decide, {"note": ""})
    assert refused.status_code == 422
    assert "Say what is missing" in refused.content.decode()
    assert coordinator.post(decide, {"confirm": "1"}).status_code == 302

    profile = as_person(world.bereket).get(reverse("mentors:profile", args=[world.profile.reference])).content.decode()
    assert "Ordre des médecins" in profile
    assert "Diploma 4711" not in profile
    assert "Formally recognised" in expert.get(page).content.decode()
    assert "Steps moved" in coordinator.get(desk).content.decode()


@pytest.mark.parametrize("claims", [1, 3])
def test_the_pages_cost_the_same_when_there_is_more(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], claims: int
) -> None:
    for item in world.profile.skill_items.order_by("pk")[:claims]:
        claim(world, skill=item.tag)
    assert RecognitionClaim.objects.count() == claims
    for person, page, queries in (
        (world.amina, "mentors:recognition", 9),
        (world.chidi, "mentors:recognition-claims", 11),
    ):
        client = as_person(person)
        with django_assert_num_queries(queries):  # type: ignore[attr-defined]
            assert client.get(reverse(page)).status_code == 200
