"""What reaches open sockets when people join, are blocked or go."""

import pytest

from diaspora_net.accounts.actions.blocks import block_person
from diaspora_net.accounts.models import User
from messaging.actions.conversations import add_participant, open_conversation
from messaging.models import Conversation
from tests.messaging.test_consumers import Enter, in_database, write

pytestmark = pytest.mark.django_db(transaction=True)


async def test_new_member_hears_from_their_joining_on_when_let_into_a_group(
    enter: Enter, amina: User, salma: User
) -> None:
    group = await in_database(open_conversation)(participants=[amina], topic="", state="open", is_group=True)
    await in_database(write)(amina, group, "Canary")
    async with enter(salma) as wire:
        await in_database(add_participant)(conversation=group, user=salma)
        await in_database(write)(amina, group, "Welcome")
        heard = await wire.next("message")
        assert (heard["text"], heard["seq"], heard["first"]) == ("Welcome", 2, True)
        await wire.send("resume", rid="r", cursors={str(group.pk): 0})
        again = await wire.next("message", "resumed")
        assert (again["text"], again["seq"]) == ("Welcome", 2)
        await in_database(write)(amina, group, "More")
        assert "first" not in await wire.next("message", seq=3)


async def test_blocked_person_is_folded_and_cannot_write_when_blocked_live(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    group = await in_database(open_conversation)(participants=[amina, salma], topic="", state="open", is_group=True)
    async with enter(amina) as mine, enter(salma) as theirs:
        assert (await theirs.write(talk, "Before"))["t"] == "ack"
        await mine.next("message", text="Before")
        await in_database(block_person)(actor=amina, person=salma)
        assert (await theirs.write(talk, "After"))["code"] == "closed"
        assert (await mine.write(talk, "After"))["code"] == "closed"
        await theirs.send("typing", conversation=str(talk.pk))
        assert (await theirs.write(group, "In the group"))["t"] == "ack"
        heard = await mine.next("message", conversation=str(group.pk))
        assert (heard["text"], heard["folded"]) == ("", True)
        assert await mine.hears_nothing("typing")
