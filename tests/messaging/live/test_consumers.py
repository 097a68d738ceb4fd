"""The live socket, against a real web process on real PostgreSQL and Valkey."""

import asyncio
import contextlib
import json
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from psycopg import AsyncConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict
from diaspora_net.embedded import Valkey
from messaging.actions.conversations import leave_conversation, open_conversation
from messaging.actions.edits import edit_message
from messaging.actions.messages import mark_read, post_event, post_message
from messaging.actions.notifications import notify
from messaging.models import Conversation, Message, Seat
from messaging.queries.live import welcomes
from messaging.queries.pool import connection_values
from tests.liveserver import Site, session_cookie, start_site
from tests.messaging.live.wire import open_wire

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., object]


@pytest.fixture(autouse=True)
def _leave_no_connection(leave_no_connection: None) -> None:
    """Here every test waits."""


def in_database(function: Callable[..., object]) -> Callable[..., object]:
    """Run a function of ours on Django's connection from a test that waits for sockets."""
    return sync_to_async(function)


def write(actor: User, talk: Conversation, text: str) -> object:
    return post_message(actor=actor, conversation=talk, client_id=uuid.uuid4(), text=text)


# ── Sending and receiving ───────────────────────────────────────────────────────────────────────────────────────────
async def test_writer_is_acknowledged_and_everybody_inside_hears_when_a_message_is_sent(
    enter: Enter, amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    async with enter(amina) as hers, enter(salma) as other, enter(dana) as outside:
        assert hers.hello["conversations"] == {str(talk.pk): 0}
        assert outside.hello["conversations"] == {}
        client_id = uuid.uuid4()
        ack = await hers.write(talk, "Bonjour", client_id)
        assert (ack["t"], ack["seq"], ack["dup"], ack["client_id"]) == ("ack", 1, False, str(client_id))
        for wire in (hers, other):
            message = await wire.next("message")
            assert (message["seq"], message["text"], message["sender"]) == (1, "Bonjour", str(amina.public_id))
            assert (message["id"], message["at"], message["deleted"]) == (ack["id"], ack["at"], False)
        assert (await other.next("badge", unread_messages=1))["unread_notifications"] == 0
        assert await outside.hears_nothing("message")
        again = await hers.write(talk, "Bonjour", client_id)
        assert (again["seq"], again["dup"]) == (1, True)
        assert await other.hears_nothing("message")
        assert (await hers.write(talk, "Bonsoir", client_id))["code"] == "idempotency_mismatch"


async def test_hundred_messages_arrive_once_and_in_order_when_two_write_at_once(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(amina) as one, enter(salma) as two:

        async def send_fifty(wire: object) -> None:
            for number in range(50):
                await wire.send(
                    "send", rid=number, conversation=str(talk.pk), client_id=str(uuid.uuid4()), text=f"{number}"
                )

        async def hear(wire: object, kind: str, count: int) -> list[int]:
            return [(await wire.next(kind, within=15))["seq"] for _number in range(count)]

        await asyncio.gather(send_fifty(one), send_fifty(two))
        for wire in (one, two):
            assert len(set(await hear(wire, "ack", 50))) == 50
            assert await hear(wire, "message", 100) == list(range(1, 101))


async def test_message_from_a_page_or_an_event_is_heard_when_committed(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(salma) as wire:
        await in_database(write)(amina, talk, "From the form")
        assert (await wire.next("message"))["text"] == "From the form"
        await in_database(post_event)(conversation=talk, text="The session was confirmed.")
        event = await wire.next("message")
        assert (event["seq"], event["sender"]) == (2, None)
        fresh = await in_database(open_conversation)(participants=[amina, salma], topic="", state="open")
        await in_database(write)(amina, fresh, "A new conversation")
        assert (await wire.next("message"))["conversation"] == str(fresh.pk)


async def test_nothing_is_heard_when_the_transaction_is_rolled_back(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    def write_and_fail() -> None:
        with transaction.atomic():
            write(amina, talk, "Never said")
            transaction.set_rollback(True)

    async with enter(salma) as wire:
        await in_database(write_and_fail)()
        assert await wire.hears_nothing("message")


async def test_all_that_was_missed_arrives_when_a_client_resumes(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    def write_many() -> None:
        Message.objects.bulk_create(
            Message(conversation=talk, seq=seq, sender=amina, text=f"{seq}") for seq in range(1, 451)
        )
        Conversation.objects.filter(pk=talk.pk).update(last_seq=450)

    await in_database(write_many)()
    async with enter(salma) as wire:
        assert wire.hello["conversations"] == {str(talk.pk): 450}
        await wire.send("resume", rid="r1", cursors={str(talk.pk): 3, str(uuid.uuid4()): 7})
        seqs = [(await wire.next("message", "resumed")).get("seq") for _number in range(448)]
        assert seqs == [*range(4, 451), None]


async def test_resume_gives_nothing_when_the_conversation_is_not_theirs(
    enter: Enter, amina: User, dana: User, talk: Conversation
) -> None:
    await in_database(write)(amina, talk, "Private")
    async with enter(dana) as wire:
        await wire.send("resume", rid=1, cursors={str(talk.pk): 0})
        assert (await wire.next("message", "resumed"))["t"] == "resumed"
        assert (await wire.write(talk, "Let me in"))["code"] == "forbidden"
        await wire.send("seen", conversation=str(talk.pk), read=1)
        assert (await wire.next("error"))["code"] == "forbidden"


async def test_closed_conversation_is_said_when_written_to(enter: Enter, amina: User, salma: User) -> None:
    talk = await in_database(open_conversation)(participants=[amina, salma], topic="", state="paused")
    async with enter(amina) as wire:
        assert (await wire.write(talk, "Hello"))["code"] == "closed"
        assert (await wire.write(talk, "x" * 4001))["code"] == "too_long"
        assert (await wire.write(talk, "  "))["code"] == "invalid"


async def test_typing_and_seen_reach_the_other_side_when_receipts_are_shared(
    enter: Enter, amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    await in_database(write)(amina, talk, "Hello")
    async with enter(amina) as hers, enter(salma) as other, enter(dana) as outside:
        await other.send("typing", conversation=str(talk.pk))
        assert (await hers.next("typing"))["user"] == str(salma.public_id)
        await other.send("seen", conversation=str(talk.pk), read=5)
        assert (await hers.next("seen"))["read"] == 1
        assert (await other.next("badge", unread_messages=0))["unread_messages"] == 0
        await outside.send("typing", conversation=str(talk.pk))
        assert await hers.hears_nothing("typing")
        await in_database(User.objects.filter(pk=amina.pk).update)(shares_receipts=False)
        await hers.send("typing", conversation=str(talk.pk))
        assert await other.hears_nothing("typing")
        await in_database(write)(amina, talk, "And again")
        await in_database(mark_read)(actor=salma, conversation=talk, seq=2)
        assert await hers.hears_nothing("seen")


def edit_first(actor: User, talk: Conversation) -> None:
    edit_message(actor=actor, message=talk.messages.get(seq=1), text="Better words")


async def test_everybody_inside_hears_when_a_message_is_changed(
    enter: Enter, amina: User, salma: User, dana: User, talk: Conversation
) -> None:
    async with enter(amina) as hers, enter(salma) as other, enter(dana) as outside:
        await hers.write(talk, "Words")
        await in_database(edit_first)(amina, talk)
        for wire in (hers, other):
            changed = await wire.next("changed")
            assert changed == {"t": "changed", "conversation": str(talk.pk), "seq": 1}
        assert await outside.hears_nothing("changed")
        await other.send("resume", rid=1, cursors={str(talk.pk): 0})
        await other.next("message")
        assert (await other.next("message"))["text"] == "Better words"


async def test_news_are_counted_live_when_told(enter: Enter, amina: User) -> None:
    async with enter(amina) as wire:
        await in_database(notify)(user=amina, verb="x", text="News", params={}, url="/", event_key="k", by_email=False)
        assert await wire.next("badge", unread_notifications=1)


# ── Who may be here ─────────────────────────────────────────────────────────────────────────────────────────────────
async def test_handshake_is_refused_when_the_origin_is_not_ours(live_site: Site, amina: User) -> None:
    cookie = await in_database(session_cookie)(amina)
    for origin in ("https://evil.example", live_site.url + ".evil.example", "null", None):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(live_site.socket_url, origin=origin, additional_headers={"Cookie": cookie}):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("cookie", ["", "session=nonsense", "ended"])
async def test_socket_closes_with_sign_in_again_when_nobody_is_signed_in(
    live_site: Site, amina: User, cookie: str
) -> None:
    if cookie == "ended":
        cookie = await in_database(session_cookie)(amina)
        await in_database(Session.objects.all().delete)()
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(live_site.socket_url, origin=live_site.url, additional_headers=headers) as connection:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        assert connection.close_code == 4401


def sign_out(user: User) -> None:
    Session.objects.all().delete()


def change_password(user: User) -> None:
    user.set_password("another-long-password")
    user.save(update_fields=["password"])


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_every_session(user: User) -> None:
    User.objects.filter(pk=user.pk).update(auth_epoch=user.auth_epoch + 1)


@pytest.mark.parametrize(
    ("end", "code"), [(sign_out, 4401), (change_password, 4401), (deactivate, 4403), (end_every_session, 4401)]
)
async def test_nothing_more_passes_and_the_socket_closes_when_the_right_ends(
    end: Callable[[User], None], code: int, enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(amina) as wire, enter(amina) as writer:
        await in_database(end)(amina)
        with contextlib.suppress(ConnectionClosed):
            await writer.send("send", rid=1, conversation=str(talk.pk), client_id=str(uuid.uuid4()), text="Too late")
        assert await writer.close_code(within=2) == code
        said = ["Not for her"]
        try:
            await in_database(write)(salma, talk, *said)
        except Conflict:
            said = []  # nobody is left to read it
        assert await wire.close_code(within=2) == code
        with pytest.raises(ConnectionClosed):
            await wire.next("message")
        assert await in_database(list)(talk.messages.values_list("text", flat=True)) == said


async def test_nothing_is_heard_when_the_person_has_left(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(salma) as wire:
        await in_database(leave_conversation)(conversation=talk, user=salma)
        await in_database(write)(amina, talk, "Among us")
        assert await wire.hears_nothing("message")
        assert (await wire.write(talk, "Still here?"))["code"] == "forbidden"


async def test_nothing_closes_when_another_session_or_another_person_ends(
    enter: Enter, amina: User, dana: User, talk: Conversation
) -> None:
    async with enter(amina) as stays, enter(amina) as goes:
        first = goes.cookie.partition("=")[2]
        await in_database(User.objects.filter(pk=dana.pk).update)(is_active=False)
        await in_database(Session.objects.filter(pk=first).delete)()
        assert await goes.close_code(2) == 4401
        assert (await stays.write(talk, "Still here"))["t"] == "ack"


@pytest.mark.parametrize("is_valkey_alive", [True, False])
async def test_socket_closes_within_moments_when_the_right_ends(
    is_valkey_alive: bool, live_site: Site, amina: User
) -> None:
    deaf = start_site(REDIS_URL="unix:///nowhere/valkey.sock")
    with contextlib.nullcontext(live_site) if is_valkey_alive else deaf as site:
        for end, code in ((end_every_session, 4401), (deactivate, 4403)):
            async with open_wire(site, amina) as wire:
                await asyncio.sleep(1)
                await in_database(end)(await in_database(User.objects.get)(pk=amina.pk))
                assert await wire.close_code(2) == code


async def test_nothing_more_passes_when_a_session_has_run_out(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(amina) as wire, enter(salma) as other:
        await in_database(Session.objects.filter(pk=wire.cookie.partition("=")[2]).update)(
            expire_date="2020-01-01T00:00:00Z"
        )
        await other.write(talk, "Not for her")
        assert await wire.hears_nothing("message")
        await wire.send("send", rid=1, conversation=str(talk.pk), client_id=str(uuid.uuid4()), text="Too late")
        assert await wire.close_code(2) == 4401
        assert await in_database(talk.messages.count)() == 1


async def test_the_oldest_socket_closes_when_a_sixth_opens(live_site: Site, amina: User) -> None:
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(open_wire(live_site, amina)) for _number in range(6)]
        assert await wires[0].close_code() == 4409
        assert await wires[1].hears_nothing("error", during=0.2)


async def until_open(user: User, count: int) -> list[Seat]:
    """Wait until ``count`` sockets of somebody are written down."""
    for _time in range(60):
        seats = await in_database(list)(Seat.objects.filter(user_id=user.pk))
        if len(seats) == count:
            return seats
        await asyncio.sleep(0.1)
    raise AssertionError(seats)


async def test_sockets_are_counted_over_all_processes(live_site: Site, amina: User, salma: User) -> None:
    from contextlib import AsyncExitStack

    with start_site() as second:
        async with AsyncExitStack() as stack:
            other = await stack.enter_async_context(open_wire(live_site, salma))
            wires = [await stack.enter_async_context(open_wire(live_site, amina)) for _number in range(3)]
            await until_open(amina, 3)
            late = [await stack.enter_async_context(open_wire(second, amina)) for _number in range(2)]
            await until_open(amina, 5)
            late.append(await stack.enter_async_context(open_wire(second, amina)))
            assert await wires[0].close_code(5) == 4409
            await until_open(amina, 5)
            # What a process had open is forgotten when it dies, however it dies.
            await in_database(second.kill9)()
            again = [await stack.enter_async_context(open_wire(live_site, amina)) for _number in range(3)]
            for wire in (*wires[1:], *again, other):
                assert await wire.hears_nothing("error", during=0.2)
            await again[0].connection.close()
            await stack.enter_async_context(open_wire(live_site, amina))
            assert await wires[1].hears_nothing("error", during=0.5)
        await until_open(amina, 3)  # those of the dead process, which nobody counts


async def test_sockets_are_counted_again_when_the_database_has_forgotten_them(live_site: Site, amina: User) -> None:
    """As after a crash of PostgreSQL: the table is empty, and every connection has ended."""
    from contextlib import AsyncExitStack

    def forget() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("TRUNCATE messaging_seat")
            cursor.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE %s
                """,
                ["%SELECT 1%"],
            )

    with start_site() as second:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(open_wire(live_site, amina))
            await until_open(amina, 1)
            more = [await stack.enter_async_context(open_wire(second, amina)) for _number in range(4)]
            seats = {seat.pk for seat in await until_open(amina, 5)}
            await in_database(forget)()
            assert {seat.pk for seat in await until_open(amina, 5)} == seats
            await stack.enter_async_context(open_wire(live_site, amina))
            assert await first.close_code(5) == 4409
            for wire in more:
                assert await wire.hears_nothing("error", during=0.1)


# ── Bad frames ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "frame",
    [
        "{bad",
        "[]",
        "null",
        '{"t":"dance"}',
        '{"t":"typing"}',
        '{"t":"typing","conversation":"x"}',
        '{"t":["send"]}',
        '{"t":"resume","rid":1,"cursors":{"x":1}}',
        '{"t":"seen","conversation":"00000000-0000-0000-0000-000000000000","read":-1}',
        '{"t":"seen","conversation":"00000000-0000-0000-0000-000000000000","read":true}',
        '{"t":"typing","conversation":"00000000-0000-0000-0000-000000000000","extra":1}',
        b"\x00\x01",
    ],
)
async def test_socket_lives_when_a_frame_is_bad(
    frame: str | bytes, enter: Enter, amina: User, talk: Conversation
) -> None:
    async with enter(amina) as wire:
        await wire.connection.send(frame)
        assert (await wire.next("error"))["code"] == "invalid"
        assert (await wire.write(talk, "Still here"))["t"] == "ack"


async def test_socket_closes_when_three_frames_are_bad(enter: Enter, amina: User) -> None:
    async with enter(amina) as wire:
        for _number in range(3):
            await wire.connection.send("{")
        assert await wire.close_code() == 1008


async def test_socket_closes_when_a_frame_is_too_big(enter: Enter, amina: User, talk: Conversation) -> None:
    async with enter(amina) as wire:
        assert (await wire.write(talk, "🩺" * 4000))["t"] == "ack"
        await wire.connection.send(json.dumps({"t": "send", "text": "x" * 16_400}))
        assert await wire.close_code() == 1009


# ── Faults ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A Valkey that only this test uses, so that it may be killed."""
    with tempfile.TemporaryDirectory(prefix="dn-") as directory:
        valkey = Valkey(Path(directory), Path(directory))
        valkey.start()
        yield valkey
        valkey.stop()


async def test_everything_is_acknowledged_and_delivered_when_valkey_dies(
    own_valkey: Valkey, amina: User, salma: User, talk: Conversation
) -> None:
    """Two processes: while Valkey is away only the safety poll of the second tells Salma."""
    environment = {"REDIS_URL": own_valkey.url}
    with start_site(**environment) as one, start_site(**environment) as two:
        async with open_wire(one, amina) as hers, open_wire(two, salma) as other:
            assert (await hers.write(talk, "Before"))["seq"] == 1
            assert (await other.next("message"))["text"] == "Before"
            own_valkey.kill9()
            for number in range(5):
                assert (await hers.write(talk, f"Without {number}"))["t"] == "ack"
            assert [(await other.next("message", within=16))["seq"] for _number in range(5)] == [2, 3, 4, 5, 6]
            own_valkey.start()
            await asyncio.sleep(2.5)
            assert (await hers.write(talk, "After"))["seq"] == 7
            assert (await other.next("message", within=5))["text"] == "After"


async def test_the_other_process_hears_only_by_wakes_or_poll_when_two_run(
    live_site: Site, amina: User, salma: User, talk: Conversation
) -> None:
    """The control of the test above: deaf to Valkey, a process hears nothing before its poll."""
    await in_database(write)(amina, talk, "Words")
    with start_site(REDIS_URL="unix:///nowhere/valkey.sock") as deaf:
        async with open_wire(live_site, amina) as hers, open_wire(deaf, salma) as other:
            await other.send("resume", rid=1, cursors={str(talk.pk): 0})
            assert (await other.next("message"))["seq"] == 1
            await hers.write(talk, "Hello")
            await in_database(edit_first)(amina, talk)
            assert (await hers.next("changed"))["seq"] == 1
            assert await other.hears_nothing("message", "changed", during=3)
            assert (await other.next("message", seq=2, within=16))["text"] == "Hello"
            assert (await other.next("changed"))["seq"] == 1
            assert await hers.hears_nothing("changed", during=0.1)


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    amina: User, salma: User, talk: Conversation
) -> None:
    sent = {str(uuid.uuid4()): f"{number}" for number in range(40)}
    with start_site() as site:
        acked: set[str] = set()
        async with open_wire(site, amina) as wire:
            for client_id, text in sent.items():
                await wire.send("send", rid=1, conversation=str(talk.pk), client_id=client_id, text=text)
            for _number in range(10):
                acked.add((await wire.next("ack"))["client_id"])
            site.kill9()
        site.start()
        stored = {
            str(client_id) for client_id in await in_database(list)(talk.messages.values_list("client_id", flat=True))
        }
        assert acked <= stored
        async with open_wire(site, amina) as wire:
            for client_id, text in sent.items():
                assert (await wire.write(talk, text, uuid.UUID(client_id)))["dup"] is (client_id in stored)
            await wire.send("resume", rid=2, cursors={str(talk.pk): 0})
            seqs = []
            while (frame := await wire.next("message", "resumed"))["t"] == "message":
                seqs.append(frame["seq"])
            assert seqs[-40:] == list(range(1, 41))
        assert await in_database(talk.messages.count)() == 40


async def test_idle_socket_lives_when_nothing_is_said_for_longer_than_redis_waits(
    enter: Enter, amina: User, talk: Conversation
) -> None:
    async with enter(amina) as wire:
        assert await wire.hears_nothing("message", "error", during=6.5)
        assert (await wire.write(talk, "Still here"))["t"] == "ack"


@pytest.mark.parametrize("count", [1, 3])
async def test_hello_takes_the_same_statements_however_many_come_and_however_much_they_say(
    count: int, amina: User, salma: User, dana: User
) -> None:
    def talk_much() -> None:
        for _number in range(count):
            write(amina, open_conversation(participants=[amina, salma, dana], topic="", state="open"), "Bonjour")

    await in_database(talk_much)()
    people = [amina, salma, dana][:count]
    statements = 0
    async with await AsyncConnection.connect(**await in_database(connection_values)(), autocommit=True) as connection:
        execute = connection.execute

        async def counted(*args: object, **options: object) -> object:
            nonlocal statements
            statements += 1
            return await execute(*args, **options)

        connection.execute = counted
        found = await welcomes(connection, [person.pk for person in people])
    assert statements == 2
    assert [sorted(one.numbers.values()) for one in found] == [[1] * count] * count
    assert len({one.epoch for one in found}) == 1
