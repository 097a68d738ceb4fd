"""Groups around an engagement: who starts them, who comes in, who goes out, what each reads."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from diaspora_net.accounts.actions.organisations import add_member, remove_member
from diaspora_net.accounts.actions.people import end_remit, grant_remit
from diaspora_net.accounts.models import Membership, User
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import groups as actions
from engagements.models import Group
from messaging.actions.messages import post_message
from messaging.models import Notification
from messaging.queries.messages import messages_after
from tests import world as story
from tests.factories import make_person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def olfa(world: World) -> User:
    """Olfa learns at the hospital."""
    olfa = make_person("olfa@example.org", "Olfa Trabelsi")
    add_member(actor=world.bereket, organisation=world.hospital, email=olfa.email, role="counterpart")
    return olfa


@pytest.fixture
def group(world: World) -> Group:
    engagement = story.after_proposal_accepted(world)
    return actions.start_group(actor=world.bereket, engagement=engagement, title="Training in March")


def present(group: Group) -> set[User]:
    return {place.user for place in group.conversation.participants.filter(left_at=None)}


def say(actor: User, group: Group, text: str) -> None:
    post_message(actor=actor, conversation=group.conversation, client_id=uuid.uuid4(), text=text)


def test_group_holds_both_sides_and_colleagues_but_no_coordinator_when_started(world: World, olfa: User) -> None:
    engagement = story.after_proposal_accepted(world)
    Notification.objects.all().delete()
    group = actions.start_group(actor=world.bereket, engagement=engagement, title=" Training ", colleagues=[olfa])
    assert present(group) == {world.amina, world.bereket, olfa}
    assert (group.conversation.topic, group.conversation.is_group) == ("Training", True)
    assert {news.user for news in Notification.objects.all()} == {world.amina, olfa}


@pytest.mark.parametrize("who", ["dana", "chidi"])
def test_nothing_is_started_when_somebody_is_on_no_side(who: str, world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    with pytest.raises(NotAllowed):
        actions.start_group(actor=world.people[who], engagement=engagement, title="Training")
    assert not Group.objects.exists()


def test_strangers_are_not_brought_in_when_named(world: World, group: Group) -> None:
    with pytest.raises(Invalid):
        actions.start_group(actor=world.bereket, engagement=group.engagement, title="Another", colleagues=[world.dana])
    with pytest.raises(NotAllowed):
        actions.start_group(actor=world.amina, engagement=group.engagement, title="x", colleagues=[world.dana])
    with pytest.raises(Invalid):
        actions.start_group(actor=world.amina, engagement=group.engagement, title="  ")
    for actor, person in ((world.bereket, world.dana), (world.dana, world.dana), (world.chidi, world.chidi)):
        with pytest.raises(NotAllowed):
            actions.bring_in(actor=actor, group=group, person=person)
    assert Group.objects.count() == 1
    assert present(group) == {world.amina, world.bereket}


def test_colleague_reads_from_their_joining_on_when_brought_in(world: World, olfa: User, group: Group) -> None:
    say(world.amina, group, "Before")
    with pytest.raises(NotAllowed):
        actions.bring_in(actor=world.amina, group=group, person=olfa)
    for _time in range(2):
        actions.bring_in(actor=world.bereket, group=group, person=olfa)
    say(world.amina, group, "Welcome")
    read = [message.text for message in messages_after(olfa, group.conversation, 0)]
    assert read == ["%(name)s has joined and reads from here on.\nOlfa Trabelsi", "Welcome"]
    assert [message.seq for message in messages_after(olfa, group.conversation, 0) if message.is_first] == [3]  # type: ignore[attr-defined]


def test_coordinator_is_in_when_anybody_in_the_group_invites(world: World, group: Group, as_person: SignIn) -> None:
    page = f"/messages/{group.conversation_id}/"
    assert as_person(world.chidi).get(page).status_code == 404
    assert "Coordinators cannot unless somebody invites them." in as_person(world.amina).get(page).content.decode()
    actions.bring_in(actor=world.amina, group=group, person=world.chidi)
    assert as_person(world.chidi).get(page).status_code == 200
    html = as_person(world.amina).get(page).content.decode()
    assert "A coordinator is among you." in html
    assert re.search(r"Chidi Okafor, a coordinator, was invited", html)


def test_people_go_when_they_leave_or_are_taken_out(world: World, olfa: User, group: Group) -> None:
    actions.bring_in(actor=world.bereket, group=group, person=olfa)
    for actor, person in ((world.amina, olfa), (olfa, world.amina), (world.bereket, world.amina)):
        with pytest.raises(NotAllowed):
            actions.remove_from_group(actor=actor, group=group, person=person)
    actions.remove_from_group(actor=world.bereket, group=group, person=olfa)
    actions.leave_group(actor=world.amina, group=group)
    actions.leave_group(actor=world.amina, group=group)
    assert present(group) == {world.bereket}


def test_former_member_is_out_of_the_groups_when_they_leave_the_organisation(
    world: World, olfa: User, group: Group
) -> None:
    actions.bring_in(actor=world.bereket, group=group, person=olfa)
    membership = Membership.objects.get(user=olfa, left_at=None)
    remove_member(actor=world.bereket, organisation=world.hospital, membership=membership)
    assert present(group) == {world.amina, world.bereket}


def test_pages_do_what_they_say_when_used(world: World, olfa: User, as_person: SignIn) -> None:
    engagement = story.after_proposal_accepted(world)
    bereket, amina = as_person(world.bereket), as_person(world.amina)
    new = f"/engagements/{engagement.reference}/group/"
    assert "Olfa" in bereket.get(new).content.decode()
    assert "Olfa" not in amina.get(new).content.decode()
    answer = bereket.post(new, {"title": "Training", "colleagues": [str(olfa.public_id)]})
    group = Group.objects.get()
    assert answer["Location"] == f"/messages/{group.conversation_id}/"
    people = f"/messages/{group.conversation_id}/people/"
    html = bereket.get(people).content.decode()
    assert "Take out" in html
    assert "Take out" not in amina.get(people).content.decode()
    assert as_person(world.dana).get(people).status_code == 404
    amina.post(f"{people}add/", {"person": str(world.chidi.public_id)})
    bereket.post(f"{people}{olfa.public_id}/remove/")
    assert present(group) == {world.amina, world.bereket, world.chidi}
    amina.post(f"/messages/{group.conversation_id}/mute/", {"muted": "1"})
    assert group.conversation.participants.get(user=world.amina).muted_at
    amina.post(f"/messages/{group.conversation_id}/leave/")
    assert present(group) == {world.bereket, world.chidi}
    assert "Training" in bereket.get(f"/engagements/{engagement.reference}/").content.decode()


def test_coordinator_leaves_the_groups_of_a_country_when_their_charge_ends(
    world: World, group: Group, olfa: User
) -> None:
    for person in (world.chidi, olfa):
        actions.bring_in(actor=world.bereket, group=group, person=person)
    grant_remit(actor=None, user=world.chidi, country="SN")
    grant_remit(actor=None, user=olfa, country="TN")
    end_remit(actor=None, user=world.chidi, country="SN")
    assert world.chidi in present(group)
    end_remit(actor=None, user=world.chidi, country="TN")
    end_remit(actor=None, user=olfa, country="TN")
    # Olfa is a colleague as well.
    assert present(group) == {world.amina, world.bereket, olfa}
    last = messages_after(world.bereket, group.conversation, 0)[-1]
    assert last.text == f"%(name)s no longer coordinates here and has left.\n{world.chidi}"
    assert AuditEntry.objects.filter(verb="engagements.group.left").count() == 1
    with pytest.raises(NotAllowed):
        say(world.chidi, group, "Still here?")
